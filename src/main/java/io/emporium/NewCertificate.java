package io.emporium;

import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Shows the certificate of {@link OwnTls} anew once its files have changed. Quarkus' own {@code reload-period} would show it anew every
 * time, changed or not; and whoever connects in that moment is hung up on, for Vert.x lets the old one go before it has the next
 * (TCPServerBase 4.5).
 */
@Singleton
class NewCertificate {
    private final TlsConfigurationRegistry certificates;
    private final Event<CertificateUpdatedEvent> changed;
    private final List<Path> files = new ArrayList<>();
    private volatile List<String> shown = List.of();

    NewCertificate(
            TlsConfigurationRegistry certificates,
            Event<CertificateUpdatedEvent> changed,
            @ConfigProperty(name = OwnTls.CERTIFICATE_PROPERTY) Optional<String> certificate,
            @ConfigProperty(name = OwnTls.KEY_PROPERTY) Optional<String> key) {
        this.certificates = certificates;
        this.changed = changed;
        certificate.map(Path::of).ifPresent(files::add);
        key.map(Path::of).ifPresent(files::add);
    }

    @Scheduled(every = "${" + OwnTls.LOOKED_AT + ":off}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        List<String> there;
        try {
            there = state();
        } catch (IOException away) {
            Log.warnf("The certificate's files cannot be read, the one of before is shown on: %s", away);
            return;
        }
        // The first time in any case: they may have changed since they were read.
        if (!there.equals(shown)) {
            show(there);
        }
    }

    private void show(List<String> there) {
        certificates.get(OwnTls.NAME).ifPresent(certificate -> {
            // Halfway through a change the key may not fit; then it is tried again.
            if (certificate.reload()) {
                changed.fire(new CertificateUpdatedEvent(OwnTls.NAME, certificate));
                shown = there;
            }
        });
    }

    /** Where they really are, for Kubernetes and certbot change a link, and since when, for others write over them. */
    private List<String> state() throws IOException {
        List<String> state = new ArrayList<>();
        for (Path file : files) {
            state.add(file.toRealPath() + " " + Files.getLastModifiedTime(file));
        }
        return state;
    }
}

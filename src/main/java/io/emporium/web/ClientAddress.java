package io.emporium.web;

import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from. {@code X-Forwarded-For} counts only if a trusted proxy brings it, and of it only the last
 * address that is not a trusted proxy's own: what stands before that the client may have written itself.
 */
@Singleton
class ClientAddress {
    /** Of whom not even the connection tells. */
    static final String UNKNOWN = "unknown";

    private final List<Block> trusted;

    ClientAddress(WebSettings settings) {
        this.trusted = settings.trustedProxies().orElse(List.of()).stream()
                .map(String::trim)
                .map(Block::parse)
                .toList();
    }

    /** For counting: an IPv4 address, or the /64 network of an IPv6 one, which is the smallest that people are given. */
    String of(HttpServerRequest request) {
        InetAddress client = resolve(request);
        return switch (client) {
            case null -> UNKNOWN;
            case Inet6Address v6 -> HexFormat.of().formatHex(v6.getAddress(), 0, 8) + "/64";
            default -> client.getHostAddress();
        };
    }

    /** Whether the client speaks TLS, to us or to a trusted proxy. */
    boolean isSecure(HttpServerRequest request) {
        if (request.isSSL()) {
            return true;
        }
        if (trusted.isEmpty() || !"https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))) {
            return false;
        }
        InetAddress peer = peer(request);
        return peer != null && isTrusted(peer);
    }

    private @Nullable InetAddress resolve(HttpServerRequest request) {
        InetAddress hop = peer(request);
        if (hop == null || !isTrusted(hop)) {
            return hop;
        }
        List<String> hops = request.headers().getAll("X-Forwarded-For").stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::trim)
                .toList();
        for (String forwarded : hops.reversed()) {
            InetAddress before = parse(forwarded);
            if (before == null) {
                return hop;
            }
            hop = before;
            if (!isTrusted(hop)) {
                return hop;
            }
        }
        return hop;
    }

    private static @Nullable InetAddress peer(HttpServerRequest request) {
        return request.remoteAddress() == null || request.remoteAddress().hostAddress() == null
                ? null
                : parse(request.remoteAddress().hostAddress());
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(block -> block.holds(address));
    }

    private static @Nullable InetAddress parse(String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException noAddress) {
            return null;
        }
    }

    /** A network: its address and how many of its bits count. */
    private record Block(InetAddress network, int bits) {
        static Block parse(String text) {
            int slash = text.indexOf('/');
            InetAddress network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int all = network.getAddress().length * 8;
            int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > all) {
                throw new IllegalArgumentException("TRUSTED_PROXIES: no network: " + text);
            }
            return new Block(network, bits);
        }

        boolean holds(InetAddress address) {
            byte[] ours = network.getAddress();
            byte[] theirs = address.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}

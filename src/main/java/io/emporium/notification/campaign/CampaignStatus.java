package io.emporium.notification.campaign;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a campaign stands, and where it can go from there. */
public enum CampaignStatus {
    /** Only now can it be changed. */
    DRAFT,
    SCHEDULED,
    SENDING,
    PAUSED,
    FINISHED,
    CANCELLED;

    /** The life of a campaign. */
    Set<CampaignStatus> next() {
        return switch (this) {
            case DRAFT -> EnumSet.of(SCHEDULED, SENDING, CANCELLED);
            case SCHEDULED -> EnumSet.of(SENDING, CANCELLED);
            case SENDING -> EnumSet.of(PAUSED, FINISHED, CANCELLED);
            case PAUSED -> EnumSet.of(SENDING, CANCELLED);
            case FINISHED, CANCELLED -> EnumSet.noneOf(CampaignStatus.class);
        };
    }

    /** As the API and the database have it. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CampaignStatus of(String code) {
        return known(code).orElseThrow(() -> new IllegalArgumentException(code));
    }

    static Optional<CampaignStatus> known(String code) {
        return Stream.of(values()).filter(status -> status.code().equals(code)).findFirst();
    }

    /** Lower case in the database. */
    @Converter(autoApply = true)
    static class Column implements AttributeConverter<CampaignStatus, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable CampaignStatus status) {
            return status == null ? null : status.code();
        }

        @Override
        public @Nullable CampaignStatus convertToEntityAttribute(@Nullable String code) {
            return code == null ? null : of(code);
        }
    }
}

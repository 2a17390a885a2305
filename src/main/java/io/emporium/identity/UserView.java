package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Somebody's account as they see it themselves. */
record UserView(
        long userId,
        String email,
        boolean emailVerified,
        String firstName,
        String lastName,
        @JsonInclude @Nullable String phone,
        String role,
        Instant createdAt) {

    static UserView of(User user) {
        return new UserView(
                user.userId(),
                user.email(),
                user.isEmailVerified(),
                user.firstName(),
                user.lastName(),
                user.phone(),
                user.role().code(),
                user.createdAt());
    }
}

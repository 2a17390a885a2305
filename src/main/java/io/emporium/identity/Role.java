package io.emporium.identity;

import io.emporium.web.Caller;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;

/** What somebody may do (low-level-design 3.2.1, 6.1): shop, or run the shop. */
public enum Role {
    CUSTOMER("customer"),
    ADMIN(Caller.ADMIN);

    private final String code;

    Role(String code) {
        this.code = code;
    }

    /** As the database, the token and the API have it: {@code customer}, {@code admin}. */
    public String code() {
        return code;
    }

    /** @throws IllegalArgumentException for a role that there is not */
    public static Role of(String code) {
        return Arrays.stream(values())
                .filter(role -> role.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No such role: " + code));
    }

    @Converter(autoApply = true)
    static class InDatabase implements AttributeConverter<Role, String> {
        @Override
        public String convertToDatabaseColumn(Role role) {
            return role.code();
        }

        @Override
        public Role convertToEntityAttribute(String code) {
            return Role.of(code);
        }
    }
}

package io.emporium.identity;

import io.emporium.web.Caller;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Arrays;
import java.util.Optional;

/** What somebody may do (low-level-design 3.2.1, 6.1); {@link io.emporium.web.Permissions} says which endpoint is whose. */
public enum Role {
    CUSTOMER(Caller.CUSTOMER),
    /** Looks after customers and their orders. */
    SUPPORT(Caller.SUPPORT),
    /** Keeps the catalogue and its stock. */
    CATALOG_MANAGER(Caller.CATALOG_MANAGER),
    /** Runs the shop; holds every role. */
    ADMIN(Caller.ADMIN);

    private final String code;

    Role(String code) {
        this.code = code;
    }

    /** As the database, the token and the API have it: {@code customer}, {@code catalog_manager}. */
    public String code() {
        return code;
    }

    /** @throws IllegalArgumentException for a role that there is not */
    public static Role of(String code) {
        return find(code).orElseThrow(() -> new IllegalArgumentException("No such role: " + code));
    }

    /** Empty for one that there is not. */
    static Optional<Role> find(String code) {
        return Arrays.stream(values()).filter(role -> role.code.equals(code)).findFirst();
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

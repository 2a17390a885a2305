package io.emporium.catalog;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import jakarta.validation.ConstraintViolation;
import java.util.Map;

/** Tells which rule of {@link ProductRequest} was broken, by the name that the field has outside. */
final class ProductRules {
    private ProductRules() {}

    static Map<String, String> told(ConstraintViolation<?> violation) {
        return Map.of("field", field(violation), "message", violation.getMessage());
    }

    static String field(ConstraintViolation<?> violation) {
        return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(
                violation.getPropertyPath().toString());
    }
}

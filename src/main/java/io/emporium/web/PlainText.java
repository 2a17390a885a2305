package io.emporium.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/**
 * Text that can be stored, mailed and logged as it is: no control characters but line feed, carriage return and tab, and
 * no half of a surrogate pair. PostgreSQL refuses NUL, and UTF-8 has no form for a lone surrogate. Null passes: whether
 * something must be there is {@code @NotNull}'s question, how long it may be {@code @Size}'s.
 */
@Documented
@Constraint(validatedBy = PlainText.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface PlainText {
    String message() default "must not contain control characters";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Reads the text code point by code point. */
    final class Check implements ConstraintValidator<PlainText, CharSequence> {
        @Override
        public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
            return text == null || text.codePoints().allMatch(Check::isPlain);
        }

        private static boolean isPlain(int character) {
            return switch (character) {
                case '\n', '\r', '\t' -> true;
                // codePoints() joins the halves that belong together; what is left over is alone.
                default -> !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE;
            };
        }
    }
}

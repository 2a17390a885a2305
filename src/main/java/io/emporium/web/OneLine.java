package io.emporium.web;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** {@link PlainText} without line breaks and tabs: it goes into mail headers and onto parcel labels. */
@Documented
@PlainText
@Pattern(regexp = "[^\\r\\n\\t\\u2028\\u2029]*")
@ReportAsSingleViolation
@Constraint(validatedBy = {})
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface OneLine {
    String message() default "must be one line of plain text";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}

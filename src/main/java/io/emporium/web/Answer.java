package io.emporium.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of every success (contract.md "Every answer"): {@code {"success":true,"message"?,"data"?}}.
 *
 * @param message for a person, where the design has one
 * @param data what was asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"success", "message", "data"})
public record Answer<T>(@Nullable String message, @Nullable T data) {

    public static <T> Answer<T> of(T data) {
        return new Answer<>(null, data);
    }

    public static <T> Answer<T> of(String message, T data) {
        return new Answer<>(message, data);
    }

    public static Answer<Void> done(String message) {
        return new Answer<>(message, null);
    }

    /** Always true: a failure has another envelope. */
    public boolean getSuccess() {
        return true;
    }
}

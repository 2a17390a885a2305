package io.emporium.web;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.emporium.shared.Refusal;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a request, in the client's own words: JSON paths and parameter names, never our classes. */
final class BadInput {
    private static final SnakeCaseStrategy SNAKE_CASE = new SnakeCaseStrategy();

    private BadInput() {}

    /** One field and what is wrong with it, as an element of {@code details.fields}. */
    record Field(String field, String message) {}

    static Refusal of(List<Field> fields) {
        List<Map<String, String>> sorted = fields.stream()
                .sorted(Comparator.comparing(Field::field).thenComparing(Field::message))
                .map(field -> Map.of("field", field.field(), "message", field.message()))
                .toList();
        return new Refusal(Refusal.Code.VALIDATION_ERROR, "The request is not valid", Map.of("fields", sorted));
    }

    /** A body that is no JSON, or not the JSON that was asked for. */
    static Refusal of(JacksonException json) {
        for (Throwable link = json; link != null; link = link.getCause()) {
            if (link instanceof BodyLimit.TooLarge || link instanceof BodyLimit.Unreadable) {
                return Faults.refusal(link);
            }
            if (link instanceof StreamConstraintsException) {
                return Faults.malformed("The JSON is nested too deeply, or a name or number in it is too long");
            }
            if (link instanceof StreamReadException && !(link instanceof InputCoercionException)) {
                return Faults.malformed("The request's body is not well-formed JSON");
            }
        }
        String path = json instanceof JsonMappingException mapping ? path(mapping.getPath()) : "";
        if (path.isEmpty() && String.valueOf(json.getOriginalMessage()).startsWith("Trailing token")) {
            return Faults.malformed("The request's body holds more than one JSON value");
        }
        return of(List.of(new Field(path.isEmpty() ? "body" : path, expected(json))));
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : references) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static String expected(JacksonException json) {
        Class<?> type = switch (json) {
            case MismatchedInputException mismatch -> mismatch.getTargetType();
            case JsonMappingException mapping
            when mapping.getCause() instanceof InputCoercionException number -> number.getTargetType();
            default -> null;
        };
        return type == null ? "is not valid" : expected(type);
    }

    static String expected(Class<?> type) {
        if (type == int.class || type == Integer.class || type == short.class || type == Short.class) {
            return "must be a whole number of at most 32 bits";
        }
        if (type == long.class || type == Long.class || type == BigInteger.class) {
            return "must be a whole number of at most 64 bits";
        }
        if (type == BigDecimal.class || Number.class.isAssignableFrom(type)) {
            return "must be a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "must be a string";
        }
        if (type.isEnum()) {
            return "is not one of the known values";
        }
        if (type.isArray() || Collection.class.isAssignableFrom(type)) {
            return "must be an array";
        }
        if (type.getName().startsWith("java.time.")) {
            return "must be a time in ISO-8601";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type) ? "must be an object" : "is not valid";
    }

    /** The violations of a resource method's parameters; null if one is of its answer, which is a fault of ours. */
    static @Nullable Refusal of(Set<ConstraintViolation<?>> violations) {
        if (violations.stream().anyMatch(BadInput::isOfTheAnswer)) {
            return null;
        }
        if (violations.stream().anyMatch(violation -> annotation(violation) instanceof PathParam)) {
            return Faults.notFound();
        }
        return of(violations.stream()
                .map(violation -> new Field(path(violation), violation.getMessage()))
                .toList());
    }

    private static boolean isOfTheAnswer(ConstraintViolation<?> violation) {
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getKind() == ElementKind.RETURN_VALUE) {
                return true;
            }
        }
        return false;
    }

    private static String path(ConstraintViolation<?> violation) {
        StringBuilder path = new StringBuilder();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.isInIterable()) {
                Object step = node.getIndex() != null ? node.getIndex() : node.getKey();
                if (step != null) {
                    path.append('[').append(step).append(']');
                }
            }
            if (node.getKind() == ElementKind.PROPERTY && node.getName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(SNAKE_CASE.translate(node.getName()));
            }
        }
        String parameter = switch (annotation(violation)) {
            case QueryParam query -> query.value();
            case HeaderParam header -> header.value();
            case null, default -> "";
        };
        if (!parameter.isEmpty()) {
            return parameter;
        }
        return path.isEmpty() ? "body" : path.toString();
    }

    /** Where the parameter comes from; null for the body. */
    private static @Nullable Annotation annotation(ConstraintViolation<?> violation) {
        Class<?>[] types = {};
        String method = "";
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getKind() == ElementKind.METHOD) {
                method = node.getName();
                types = node.as(Path.MethodNode.class).getParameterTypes().toArray(Class<?>[]::new);
            } else if (node.getKind() == ElementKind.PARAMETER) {
                int index = node.as(Path.ParameterNode.class).getParameterIndex();
                return annotation(violation.getRootBeanClass(), method, types, index);
            }
        }
        return null;
    }

    // Arc puts a subclass with interceptors over the resource; the annotations stand on what we wrote.
    private static @Nullable Annotation annotation(Class<?> type, String method, Class<?>[] types, int index) {
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            try {
                for (Annotation annotation :
                        owner.getDeclaredMethod(method, types).getParameterAnnotations()[index]) {
                    if (annotation instanceof PathParam
                            || annotation instanceof QueryParam
                            || annotation instanceof HeaderParam) {
                        return annotation;
                    }
                }
            } catch (NoSuchMethodException inherited) {
                // The next owner has it.
            }
        }
        return null;
    }

    /** The query parameters of a resource method that cannot be read as what they should be; empty if all can. */
    static List<Field> unreadableQuery(
            java.lang.reflect.Method method, jakarta.ws.rs.core.MultivaluedMap<String, String> query) {
        return Arrays.stream(method.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(QueryParam.class))
                .filter(parameter -> {
                    String text = query.getFirst(
                            parameter.getAnnotation(QueryParam.class).value());
                    return text != null && !isReadable(parameter.getType(), text);
                })
                .map(parameter ->
                        new Field(parameter.getAnnotation(QueryParam.class).value(), expected(parameter.getType())))
                .toList();
    }

    private static boolean isReadable(Class<?> type, String text) {
        if (CharSequence.class.isAssignableFrom(type) || Collection.class.isAssignableFrom(type)) {
            return true;
        }
        try {
            if (type == int.class || type == Integer.class) {
                Integer.parseInt(text);
                return true;
            }
            if (type == long.class || type == Long.class) {
                Long.parseLong(text);
                return true;
            }
            if (type == BigDecimal.class) {
                new BigDecimal(text);
                return true;
            }
        } catch (NumberFormatException unreadable) {
            return false;
        }
        if (type == boolean.class || type == Boolean.class) {
            return text.equals("true") || text.equals("false");
        }
        // Enums, times and whatever else has a converter of its own: it was one of them that failed.
        return false;
    }
}

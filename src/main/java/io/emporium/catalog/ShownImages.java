package io.emporium.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.emporium.catalog.image.ShownImage;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** The images of a product as its row has them. With a mapper of its own: what is stored does not follow how we answer. */
@Converter
class ShownImages implements AttributeConverter<List<ShownImage>, String> {
    private static final TypeReference<List<ShownImage>> LIST = new TypeReference<>() {};
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @Override
    public String convertToDatabaseColumn(List<ShownImage> images) {
        try {
            return JSON.writeValueAsString(images);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public List<ShownImage> convertToEntityAttribute(String json) {
        try {
            return List.copyOf(JSON.readValue(json, LIST));
        } catch (JsonProcessingException foreign) {
            throw new IllegalStateException(foreign);
        }
    }
}

package io.emporium.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What Kubernetes 1.34 takes: the checks that its own Java client has made from its OpenAPI document (fields that are not
 * there, fields that must be, types). The Gateway API's are a typed model that takes no other field.
 */
final class KubernetesSchema {
    /** A check of the client's, which throws with what is wrong. */
    @FunctionalInterface
    private interface Check {
        void of(JsonElement object) throws IOException;
    }

    private record Kind(Class<?> type, Check check) {}

    private static final Map<String, Kind> KINDS = Map.of(
            "v1 ConfigMap", new Kind(V1ConfigMap.class, V1ConfigMap::validateJsonElement),
            "v1 Service", new Kind(V1Service.class, V1Service::validateJsonElement),
            "v1 ServiceAccount", new Kind(V1ServiceAccount.class, V1ServiceAccount::validateJsonElement),
            "apps/v1 Deployment", new Kind(V1Deployment.class, V1Deployment::validateJsonElement),
            "apps/v1 StatefulSet", new Kind(V1StatefulSet.class, V1StatefulSet::validateJsonElement),
            "batch/v1 Job", new Kind(V1Job.class, V1Job::validateJsonElement),
            "policy/v1 PodDisruptionBudget",
                    new Kind(V1PodDisruptionBudget.class, V1PodDisruptionBudget::validateJsonElement),
            "networking.k8s.io/v1 NetworkPolicy", new Kind(V1NetworkPolicy.class, V1NetworkPolicy::validateJsonElement),
            "autoscaling/v2 HorizontalPodAutoscaler",
                    new Kind(V2HorizontalPodAutoscaler.class, V2HorizontalPodAutoscaler::validateJsonElement));

    private static final Map<String, Class<?>> OF_GATEWAYS = Map.of(
            "gateway.networking.k8s.io/v1 Gateway", Gateway.class,
            "gateway.networking.k8s.io/v1 HTTPRoute", HTTPRoute.class);

    /** The model has a place for fields it does not know; here there is none. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated place) {
                    return false;
                }
            });

    private KubernetesSchema() {}

    /** What is wrong with an object, or empty. */
    static Optional<String> fault(JsonNode object) {
        String kind =
                object.path("apiVersion").asText() + " " + object.path("kind").asText();
        String who = object.path("kind").asText() + " " + Kustomization.name(object) + ": ";
        try {
            if (OF_GATEWAYS.containsKey(kind)) {
                STRICT.treeToValue(object, OF_GATEWAYS.get(kind));
            } else if (KINDS.containsKey(kind)) {
                JsonElement json = JsonParser.parseString(object.toString());
                KINDS.get(kind).check().of(json);
                JSON.getGson().fromJson(json, KINDS.get(kind).type());
            } else {
                return Optional.of(who + "no schema of " + kind);
            }
            return Optional.empty();
        } catch (IOException | RuntimeException refused) {
            String why = refused instanceof JsonProcessingException json
                    ? json.getOriginalMessage()
                    : String.valueOf(refused.getMessage());
            return Optional.of(who + why);
        }
    }
}

package io.emporium.identity.oidc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.emporium.shared.HttpCalls;
import io.emporium.shared.Refusal;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/**
 * The provider at which people may sign in. What it is and where it does what is asked for when it is first needed, so that the shop
 * starts without it, and again every hour.
 */
@Singleton
public class SignInProvider {
    private static final Duration KNOWN_FOR = Duration.ofHours(1);
    private static final Duration KNOWN_WHILE_AWAY = Duration.ofDays(1);
    private static final int LONGEST_SUBJECT = 255;

    private final OidcSettings settings;
    private final ProviderCalls calls;
    private final ObjectMapper json;
    private final Clock clock;
    private volatile @Nullable Known known;

    SignInProvider(OidcSettings settings, ProviderCalls calls, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.calls = calls;
        this.json = json;
        this.clock = clock;
    }

    private record Known(Discovery discovery, IdTokens tokens, Instant until) {}

    /** As which it is known; it must be on. */
    private record Client(String issuer, String id, String secret) {}

    /**
     * Where to send somebody who wants to sign in.
     *
     * @param redirectUri where they are to come back to
     * @param state comes back with them
     * @param nonce comes back in the ID token
     * @param challenge S256 of the code's verifier (RFC 7636)
     * @throws Refusal RESOURCE_NOT_FOUND if it is off, VALIDATION_ERROR for a place that is not on the list, SERVICE_UNAVAILABLE if
     *     the provider is away
     */
    public URI authorization(String redirectUri, String state, String nonce, String challenge) {
        Client client = client();
        // To the letter: a place that merely begins so may be somebody else's, and the code would be theirs.
        if (!settings.redirectUris().orElse(List.of()).contains(redirectUri)) {
            throw OidcError.unknownRedirect();
        }
        URI page = whileAnswering(() -> known(client)).discovery().authorization();
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", client.id());
        query.put("redirect_uri", redirectUri);
        query.put("scope", "openid email profile");
        query.put("state", state);
        query.put("nonce", nonce);
        query.put("code_challenge", challenge);
        query.put("code_challenge_method", "S256");
        return URI.create(page + (page.getRawQuery() == null ? "?" : "&") + HttpCalls.form(query));
    }

    /**
     * Takes a code to the provider, and finds out who it is about. Asks the network: never in a transaction.
     *
     * @param redirectUri as it was given to {@link #authorization}, and the other two
     * @throws Refusal INVALID_TOKEN if the provider does not take the code or cannot be believed, SERVICE_UNAVAILABLE if it is away
     */
    public ProvenIdentity prove(String code, String redirectUri, String nonce, String verifier) {
        Client client = client();
        return whileAnswering(() -> {
            Known known = known(client);
            JsonNode tokens = exchange(client, known.discovery(), code, redirectUri, verifier);
            JwtClaims claims =
                    known.tokens().read(tokens.path("id_token").asText(), nonce).orElseThrow(OidcError::notBelieved);
            return identity(
                    client,
                    known.discovery(),
                    claims,
                    tokens.path("access_token").asText());
        });
    }

    private Client client() {
        if (settings.issuer().isEmpty()
                || settings.clientId().isEmpty()
                || settings.clientSecret().isEmpty()) {
            throw OidcError.off();
        }
        return new Client(
                settings.issuer().get(),
                settings.clientId().get(),
                settings.clientSecret().get());
    }

    private static <T> T whileAnswering(Supplier<T> work) {
        try {
            return work.get();
        } catch (ProviderAway away) {
            Log.warnf("The sign-in provider is away: %s", away.getMessage());
            throw OidcError.away();
        } catch (FaultToleranceException notTried) {
            throw OidcError.away();
        }
    }

    private Known known(Client client) {
        Instant now = clock.instant();
        Known before = known;
        if (before != null && now.isBefore(before.until())) {
            return before;
        }
        Discovery found;
        try {
            found = Discovery.of(read(get(Discovery.address(client.issuer()))), client.issuer());
        } catch (ProviderAway away) {
            // What it said an hour ago is as good for a day.
            if (before != null && now.isBefore(before.until().plus(KNOWN_WHILE_AWAY))) {
                return before;
            }
            throw away;
        }
        // The keys that are known stay so while they are at the same place.
        IdTokens tokens = before != null && before.discovery().keys().equals(found.keys())
                ? before.tokens()
                : new IdTokens(client.issuer(), client.id(), settings.clockSkew(), clock, found.keys(), this::get);
        Known fresh = new Known(found, tokens, now.plus(KNOWN_FOR));
        known = fresh;
        return fresh;
    }

    private JsonNode exchange(Client client, Discovery at, String code, String redirectUri, String verifier) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirectUri);
        form.put("code_verifier", verifier);
        HttpRequest.Builder request = HttpRequest.newBuilder(at.token())
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded");
        if (at.takesSecretInBody()) {
            form.put("client_id", client.id());
            form.put("client_secret", client.secret());
        } else {
            request.header("Authorization", basic(client));
        }
        HttpResponse<String> answer = calls.send(request.POST(HttpRequest.BodyPublishers.ofString(HttpCalls.form(form)))
                .build());
        JsonNode said = read(answer);
        if (answer.statusCode() == 200) {
            return said;
        }
        String error = said.path("error").asText();
        if (error.equals("invalid_grant")) {
            throw OidcError.codeRefused();
        }
        // invalid_client, say: nothing that whoever signs in could do about.
        throw new ProviderAway("it does not take our request: " + answer.statusCode() + " " + plain(error));
    }

    /** RFC 6749 2.3.1: each half as a form has it, then as Basic has them. */
    private static String basic(Client client) {
        String both = URLEncoder.encode(client.id(), StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(client.secret(), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    private ProvenIdentity identity(Client client, Discovery at, JwtClaims claims, String accessToken) {
        JsonNode said = json.valueToTree(claims.getClaimsMap());
        String subject = said.path("sub").asText();
        if (subject.isEmpty()
                || subject.length() > LONGEST_SUBJECT
                || !subject.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw OidcError.notBelieved();
        }
        if (!said.hasNonNull("email") && at.userInfo().isPresent()) {
            said = moreOf(subject, at.userInfo().get(), accessToken);
        }
        return new ProvenIdentity(
                client.issuer(),
                subject,
                text(said, "email"),
                // Some write it as text.
                said.path("email_verified").asText().equals("true"),
                text(said, "given_name"),
                text(said, "family_name"));
    }

    /** Not every provider puts an address into the ID token where there is an access token to ask with (Core 5.4). */
    private JsonNode moreOf(String subject, URI userInfo, String accessToken) {
        HttpResponse<String> answer = calls.send(HttpRequest.newBuilder(userInfo)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + plain(accessToken))
                .build());
        if (answer.statusCode() != 200) {
            throw new ProviderAway("it does not say who its own token is of: " + answer.statusCode());
        }
        JsonNode said = read(answer);
        // Of somebody else: the access token is not of this sign-in (Core 5.3.2).
        if (!said.path("sub").asText().equals(subject)) {
            throw OidcError.notBelieved();
        }
        return said;
    }

    private HttpResponse<String> get(URI at) {
        HttpResponse<String> answer = calls.send(
                HttpRequest.newBuilder(at).header("Accept", "application/json").build());
        if (answer.statusCode() != 200) {
            throw new ProviderAway("it answered " + answer.statusCode() + " for " + at.getPath());
        }
        return answer;
    }

    private JsonNode read(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (JsonProcessingException noJson) {
            throw new ProviderAway("it answered what is no JSON");
        }
    }

    private static @Nullable String text(JsonNode said, String claim) {
        return Optional.of(said.path(claim).asText().strip())
                .filter(text -> !text.isEmpty())
                .orElse(null);
    }

    /** What may stand in a header and on a line of the log. */
    private static String plain(String text) {
        return text.replaceAll("[^\\x21-\\x7e]", "?");
    }
}

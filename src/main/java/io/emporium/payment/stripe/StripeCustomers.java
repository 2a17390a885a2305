package io.emporium.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentMethod;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerPaymentMethodListParams;
import com.stripe.service.CustomerService;
import com.stripe.service.PaymentMethodService;
import io.emporium.payment.gateway.Door;
import io.emporium.payment.gateway.NoAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A customer at Stripe and the cards that Stripe keeps for them. Whoever asks here waits for the answer and nothing depends
 * on it, so the wait is short. Never call it inside a transaction.
 */
@ApplicationScoped
public class StripeCustomers {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** More cards than anybody has; Stripe answers no more at once. */
    private static final long MOST = 100;

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final StripeCalls stripe;
    private final CustomerService customers;
    private final PaymentMethodService methods;

    StripeCustomers(StripeClient client, StripeCalls stripe) {
        this.stripe = stripe;
        this.customers = client.v1().customers();
        this.methods = client.v1().paymentMethods();
    }

    /**
     * A card that Stripe keeps.
     *
     * @param id {@code pm_…}
     * @param brand visa, mastercard, …
     * @param last4 the last four digits
     */
    public record Card(String id, String brand, String last4, int expMonth, int expYear) {}

    /** What has become of a customer who was to be made. */
    public sealed interface Making {
        /** @param id {@code cus_…} */
        record Made(String id) implements Making {}

        /** By another call with this key. */
        record UnderWay() implements Making {}

        /**
         * Stripe has failed, and keeps that as its answer to this key: only another key is another try.
         *
         * @param why for the log
         */
        record Failed(String why) implements Making {}
    }

    /** What every call for a card goes through. */
    public Door door() {
        return stripe.door();
    }

    /**
     * Makes a customer, of whom Stripe learns no more than our number; with the same key the same one.
     *
     * @throws NoAnswer if Stripe does not say
     */
    public Making create(long userId, String idempotencyKey) {
        var parameters = CustomerCreateParams.builder()
                .putMetadata("user_id", Long.toString(userId))
                .build();
        var once =
                options().toBuilderFullCopy().setIdempotencyKey(idempotencyKey).build();
        try {
            return new Making.Made(stripe.ask(PATIENCE, () -> customers.create(parameters, once))
                    .getId());
        } catch (StripeException | RuntimeException unanswered) {
            if (hasStatus(unanswered, CONFLICT)) {
                return new Making.UnderWay();
            }
            if (StripeCalls.isKept(unanswered)) {
                return new Making.Failed(StripeCalls.describe(unanswered));
            }
            throw noAnswer(unanswered);
        }
    }

    /**
     * The cards of a customer, newest first.
     *
     * @return nothing where there is no such customer any more
     * @throws NoAnswer if Stripe does not say
     */
    public Optional<List<Card>> cards(String customer) {
        var ofACard = CustomerPaymentMethodListParams.builder()
                .setType(CustomerPaymentMethodListParams.Type.CARD)
                .setLimit(MOST)
                .build();
        try {
            return Optional.of(
                    stripe
                            .ask(PATIENCE, () -> customers.paymentMethods().list(customer, ofACard, options()))
                            .getData()
                            .stream()
                            .map(StripeCustomers::card)
                            .toList());
        } catch (StripeException | RuntimeException unanswered) {
            if (hasStatus(unanswered, NOT_FOUND)) {
                return Optional.empty();
            }
            throw noAnswer(unanswered);
        }
    }

    /**
     * Has Stripe forget a card of a customer's.
     *
     * @param card {@code pm_…}
     * @return whether it was theirs until now
     * @throws NoAnswer if Stripe does not say
     */
    public boolean detach(String customer, String card) {
        try {
            // Whose it is asks Stripe, in the path: another customer's is not found.
            stripe.ask(PATIENCE, () -> customers.paymentMethods().retrieve(customer, card, options()));
            stripe.ask(PATIENCE, () -> methods.detach(card, options()));
            return true;
        } catch (InvalidRequestException notTheirs) {
            return false;
        } catch (StripeException | RuntimeException unanswered) {
            throw noAnswer(unanswered);
        }
    }

    private static Card card(PaymentMethod method) {
        PaymentMethod.Card card = method.getCard();
        return new Card(
                method.getId(),
                card.getBrand(),
                card.getLast4(),
                Math.toIntExact(card.getExpMonth()),
                Math.toIntExact(card.getExpYear()));
    }

    private static RequestOptions options() {
        return RequestOptions.builder()
                .setReadTimeout(Math.toIntExact(PATIENCE.toMillis()))
                .build();
    }

    private static boolean hasStatus(Exception fault, int status) {
        return fault instanceof StripeException refused
                && refused.getStatusCode() != null
                && refused.getStatusCode() == status;
    }

    private static NoAnswer noAnswer(Exception unanswered) {
        return new NoAnswer(StripeCalls.describe(unanswered));
    }
}

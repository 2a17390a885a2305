package io.emporium.payment;

import io.emporium.order.PaymentMethod;
import io.emporium.payment.gateway.Gateway;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who is asked about which payment: the gateway of the method its order is paid by. */
@ApplicationScoped
class Gateways {
    private final Map<PaymentMethod, Gateway> byMethod = new EnumMap<>(PaymentMethod.class);

    Gateways(@All List<Gateway> gateways) {
        gateways.forEach(gateway -> byMethod.put(gateway.method(), gateway));
    }

    /** @throws io.emporium.shared.Refusal INVALID_PAYMENT_METHOD where there is none */
    Gateway of(PaymentMethod method) {
        return Optional.ofNullable(byMethod.get(method)).orElseThrow(PaymentError::methodUnknown);
    }

    /** Of a payment or a refund. */
    Gateway of(Transaction transaction) {
        return of(transaction.paymentMethod);
    }

    Collection<Gateway> all() {
        return byMethod.values();
    }
}

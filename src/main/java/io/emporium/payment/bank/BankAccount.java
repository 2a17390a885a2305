package io.emporium.payment.bank;

import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigMapping;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The shop's account, to which customers transfer. */
@ConfigMapping(prefix = "emporium.bank")
interface BankAccount {
    /** BANK_ACCOUNT_HOLDER: whose account it is. */
    Optional<String> accountHolder();

    /** BANK_IBAN, or an account number where there are no IBANs. */
    Optional<String> iban();

    /** BANK_BIC: SWIFT code, for transfers from abroad. */
    Optional<String> bic();

    /** Emporium does not start offering transfers to nobody's account. */
    @ApplicationScoped
    class Check {
        void check(
                @Observes @Priority(Production.CHECKED_FIRST) StartupEvent start,
                BankAccount account,
                @ConfigProperty(name = "emporium.order.payment-methods") List<String> offered) {
            if (offered.contains("bank_transfer")
                    && (account.accountHolder().isEmpty() || account.iban().isEmpty())) {
                throw Production.refusal("PAYMENT_METHODS has bank_transfer, so set BANK_ACCOUNT_HOLDER and BANK_IBAN");
            }
        }
    }
}

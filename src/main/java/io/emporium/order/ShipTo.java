package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.identity.Address;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an order goes, as the address read when it was placed: it stays when the customer moves.
 */
@Embeddable
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShipTo(
        @Column(name = "ship_to_name", updatable = false) String name,
        @Column(name = "ship_to_line1", updatable = false) String addressLine1,

        @Nullable @Column(name = "ship_to_line2", updatable = false)
        String addressLine2,

        @Column(name = "ship_to_city", updatable = false) String city,
        @Column(name = "ship_to_state", updatable = false) String state,

        @Column(name = "ship_to_postal_code", updatable = false)
        String postalCode,

        @Column(name = "ship_to_country", updatable = false) String country) {

    static ShipTo of(String name, Address address) {
        return new ShipTo(
                name,
                address.addressLine1(),
                address.addressLine2(),
                address.city(),
                address.state(),
                address.postalCode(),
                address.country());
    }

    /** As it stands on a letter, a line each. */
    public List<String> lines() {
        return Stream.of(name, addressLine1, addressLine2, city + ", " + state + " " + postalCode, country)
                .filter(line -> line != null && !line.isBlank())
                .toList();
    }

    /**
     * As it stands in a mail to its customer. What they typed would be a message to a stranger, as long as they have not shown
     * that the mail's address is theirs: then it is not told.
     */
    public List<String> linesInMail(boolean isTheirs) {
        return isTheirs ? lines() : List.of("The address in your order");
    }
}

package io.emporium.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.emporium.identity.Address;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
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
}

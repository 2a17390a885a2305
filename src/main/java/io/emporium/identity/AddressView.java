package io.emporium.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An address as its owner sees it. */
record AddressView(
        long addressId,
        String addressLine1,
        @JsonInclude @Nullable String addressLine2,
        String city,
        String state,
        String postalCode,
        String country,
        boolean isDefault,
        Instant createdAt) {

    static AddressView of(Address address) {
        return new AddressView(
                address.addressId(),
                address.addressLine1(),
                address.addressLine2(),
                address.city(),
                address.state(),
                address.postalCode(),
                address.country(),
                address.isDefault(),
                address.createdAt);
    }
}

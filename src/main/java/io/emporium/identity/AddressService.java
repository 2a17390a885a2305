package io.emporium.identity;

import io.emporium.shared.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;

/**
 * Somebody's addresses, one of which may be the default. Changes of one user's addresses wait for each other at the user's
 * row; the index that allows one default a user is the guard behind that.
 */
@ApplicationScoped
class AddressService {
    private static final int MOST = 50;

    private final EntityManager database;
    private final Clock clock;

    AddressService(EntityManager database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    List<AddressView> list(long userId) {
        return Address.listOwn(userId).stream().map(AddressView::of).toList();
    }

    AddressView get(long addressId, long userId) {
        return AddressView.of(own(addressId, userId));
    }

    /** The first one becomes the default, asked or not. */
    @Transactional
    AddressView add(long userId, AddressRequest request) {
        oneAtATime(userId);
        long kept = Address.count("userId", userId);
        if (kept >= MOST) {
            throw IdentityError.invalid("address_line1", "at most " + MOST + " addresses are kept; delete one first");
        }
        var address = new Address();
        address.userId = userId;
        address.createdAt = clock.instant();
        write(address, request);
        boolean wanted = kept == 0 || Boolean.TRUE.equals(request.isDefault());
        if (wanted) {
            noDefault(userId);
        }
        address.isDefault = wanted;
        address.persistAndFlush();
        return AddressView.of(address);
    }

    /** Replaces it; orders keep the copy they have. */
    @Transactional
    AddressView replace(long addressId, long userId, AddressRequest request) {
        oneAtATime(userId);
        Address address = own(addressId, userId);
        Boolean wanted = request.isDefault();
        if (wanted != null && wanted != address.isDefault) {
            if (wanted) {
                noDefault(userId);
            }
            address.isDefault = wanted;
        }
        write(address, request);
        address.persistAndFlush();
        return AddressView.of(address);
    }

    /** Deletes it; if it was the default, the newest of the others is from now on. */
    @Transactional
    void delete(long addressId, long userId) {
        oneAtATime(userId);
        Address address = own(addressId, userId);
        boolean wasDefault = address.isDefault;
        address.delete();
        Address.flush();
        if (wasDefault) {
            Address.listOwn(userId).stream().findFirst().ifPresent(next -> next.isDefault = true);
        }
    }

    private void oneAtATime(long userId) {
        // NO KEY: new orders and carts of this user, which refer to the row, need not wait.
        database.createNativeQuery("SELECT user_id FROM users WHERE user_id = :user FOR NO KEY UPDATE", Long.class)
                .setParameter("user", userId)
                .getSingleResult();
    }

    private static Address own(long addressId, long userId) {
        return Address.findOwn(addressId, userId).orElseThrow(() -> Refusal.notFound("Address"));
    }

    // Before the new one is written, since the index looks after each statement.
    private static void noDefault(long userId) {
        Address.update("isDefault = false, version = version + 1 where userId = ?1 and isDefault", userId);
    }

    private static void write(Address address, AddressRequest request) {
        address.addressLine1 = request.addressLine1();
        String line2 = request.addressLine2();
        address.addressLine2 = line2 == null || line2.isEmpty() ? null : line2;
        address.city = request.city();
        address.state = request.state();
        address.postalCode = request.postalCode();
        address.country = request.country();
    }
}

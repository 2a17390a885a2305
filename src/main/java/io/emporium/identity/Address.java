package io.emporium.identity;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where somebody's orders go (low-level-design 3.2.7). An order keeps a copy: changing an address moves no order. */
@Entity
@Table(name = "addresses")
public class Address extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "address_id")
    Long addressId;

    @Column(name = "user_id")
    long userId;

    @Column(name = "address_line1")
    String addressLine1;

    @Column(name = "address_line2")
    @Nullable
    String addressLine2;

    @Column(name = "city", length = 100)
    String city;

    @Column(name = "state", length = 100)
    String state;

    @Column(name = "postal_code", length = 20)
    String postalCode;

    @Column(name = "country", length = 100)
    String country;

    @Column(name = "is_default")
    boolean isDefault;

    @Column(name = "created_at")
    Instant createdAt;

    @Version
    @Column(name = "version")
    long version;

    /** For Hibernate. */
    protected Address() {}

    public long addressId() {
        return addressId;
    }

    public String addressLine1() {
        return addressLine1;
    }

    public @Nullable String addressLine2() {
        return addressLine2;
    }

    public String city() {
        return city;
    }

    public String state() {
        return state;
    }

    public String postalCode() {
        return postalCode;
    }

    public String country() {
        return country;
    }

    /** At most one of a user's addresses is. */
    public boolean isDefault() {
        return isDefault;
    }

    public static Optional<Address> findOwn(long addressId, long userId) {
        return find("addressId = ?1 and userId = ?2", addressId, userId).firstResultOptional();
    }

    /** As {@link #findOwn}, and it cannot be deleted before the transaction ends. */
    public static Optional<Address> holdOwn(long addressId, long userId) {
        return find("addressId = ?1 and userId = ?2", addressId, userId)
                .withLock(LockModeType.PESSIMISTIC_READ)
                .firstResultOptional();
    }

    /** The default first, then the newest. */
    static List<Address> listOwn(long userId) {
        return list("userId = ?1 order by isDefault desc, addressId desc", userId);
    }
}

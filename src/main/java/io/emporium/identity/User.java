package io.emporium.identity;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Somebody with an account: a customer, or an admin of the shop (low-level-design 3.2.1). */
@Entity
@Table(name = "users")
public class User extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "user_id")
    Long userId;

    @Column(name = "email", columnDefinition = "citext")
    String email;

    @Column(name = "password_hash")
    String passwordHash;

    @Column(name = "first_name", length = 100)
    String firstName;

    @Column(name = "last_name", length = 100)
    String lastName;

    @Column(name = "phone", length = 20)
    @Nullable
    String phone;

    @Column(name = "role", length = 20)
    Role role;

    @Column(name = "is_active")
    boolean isActive;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    @Column(name = "version")
    long version;

    /** For Hibernate. */
    protected User() {}

    public long userId() {
        return userId;
    }

    /** As they typed it; two that differ in case only are the same to the shop. */
    public String email() {
        return email;
    }

    public String firstName() {
        return firstName;
    }

    public String lastName() {
        return lastName;
    }

    public String fullName() {
        return firstName + " " + lastName;
    }

    /** {@code +} and digits, where they gave one. */
    public @Nullable String phone() {
        return phone;
    }

    public Role role() {
        return role;
    }

    /** Whether they may sign in and are written to. */
    public boolean isActive() {
        return isActive;
    }

    public Instant createdAt() {
        return createdAt;
    }

    void rename(String first, String last, Instant now) {
        this.firstName = first;
        this.lastName = last;
        this.updatedAt = now;
    }

    void callAt(@Nullable String number, Instant now) {
        this.phone = number;
        this.updatedAt = now;
    }

    /**
     * Opens an account; the constraint on the e-mail address decides who is first.
     *
     * @return its id, or empty if the address has one already
     */
    static Optional<Long> open(
            String email,
            String passwordHash,
            String firstName,
            String lastName,
            @Nullable String phone,
            Role role,
            Instant now) {
        List<Long> opened = getEntityManager()
                .createNativeQuery("""
                        INSERT INTO users (email, password_hash, first_name, last_name, phone, role, created_at, updated_at)
                        VALUES (:email, :hash, :first, :last, CAST(:phone AS varchar), :role, :now, :now)
                        ON CONFLICT (email) DO NOTHING
                        RETURNING user_id
                        """, Long.class)
                .setParameter("email", email)
                .setParameter("hash", passwordHash)
                .setParameter("first", firstName)
                .setParameter("last", lastName)
                .setParameter("phone", phone)
                .setParameter("role", role.code())
                .setParameter("now", now)
                .getResultList();
        return opened.stream().findFirst();
    }

    /** Unless the password was changed meanwhile. */
    static void rehash(long userId, String from, String to) {
        update("passwordHash = ?1 WHERE userId = ?2 AND passwordHash = ?3", to, userId, from);
    }

    /** Who keeps the shop, at most 100 of them. */
    public static List<Long> activeAdmins() {
        return getEntityManager()
                .createNativeQuery(
                        "SELECT user_id FROM users WHERE role = 'admin' AND is_active ORDER BY user_id LIMIT 100",
                        Long.class)
                .getResultList();
    }

    /** In any case: {@code Ann@} finds {@code ann@}. */
    public static Optional<User> findByEmail(String email) {
        // Without the cast PostgreSQL compares as text, and Ann@ is not ann@.
        List<User> found = getEntityManager()
                .createNativeQuery("SELECT * FROM users WHERE email = CAST(:email AS citext)", User.class)
                .setParameter("email", email)
                .getResultList();
        return found.stream().findFirst();
    }
}

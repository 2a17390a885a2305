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

/** Somebody with an account: a customer, or somebody of the shop (low-level-design 3.2.1). */
@Entity
@Table(name = "users")
public class User extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "user_id")
    Long userId;

    @Column(name = "email", columnDefinition = "citext")
    String email;

    /** Null for somebody who has only ever signed in at another provider: no password is right. */
    @Column(name = "password_hash")
    @Nullable
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

    @Column(name = "email_verified_at")
    @Nullable
    Instant emailVerifiedAt;

    @Column(name = "password_changed_at")
    @Nullable
    Instant passwordChangedAt;

    @Column(name = "second_factor_since")
    @Nullable
    Instant secondFactorSince;

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
        // Whoever came from another provider may have no last name.
        return (firstName + " " + lastName).strip();
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

    /** Whether they have shown that the address is theirs. Until then their name may be anybody's words to its owner. */
    public boolean isEmailVerified() {
        return emailVerifiedAt != null;
    }

    /** Whether their sign-in takes a code of their app, too. */
    boolean hasSecondFactor() {
        return secondFactorSince != null;
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

    void appoint(Role to, Instant now) {
        this.role = to;
        this.updatedAt = now;
    }

    void activate(boolean to, Instant now) {
        this.isActive = to;
        this.updatedAt = now;
    }

    void takeSecondFactor(Instant now) {
        this.secondFactorSince = now;
        this.updatedAt = now;
    }

    void dropSecondFactor(Instant now) {
        this.secondFactorSince = null;
        this.updatedAt = now;
    }

    /**
     * Opens an account; the constraint on the e-mail address decides who is first.
     *
     * @param passwordHash null: they sign in elsewhere, and no password is right
     * @return its id, or empty if the address has one already
     */
    static Optional<Long> open(
            String email,
            @Nullable String passwordHash,
            String firstName,
            String lastName,
            @Nullable String phone,
            Role role,
            Instant now) {
        List<Long> opened = getEntityManager()
                .createNativeQuery("""
                        INSERT INTO users (email, password_hash, first_name, last_name, phone, role, created_at, updated_at)
                        VALUES (:email, CAST(:hash AS varchar), :first, :last, CAST(:phone AS varchar), :role, :now, :now)
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

    /** They have read a mail to their address. */
    static void verified(long userId, Instant now) {
        update(
                "emailVerifiedAt = coalesce(emailVerifiedAt, ?1), updatedAt = ?1, version = version + 1 WHERE userId = ?2",
                now,
                userId);
    }

    /**
     * @param seen since when the password that was looked at holds; null: from the beginning
     * @return whether it still held
     */
    static boolean changePassword(long userId, @Nullable Instant seen, String hash, Instant now) {
        return getEntityManager()
                        .createNativeQuery("""
                                UPDATE users SET password_hash = :hash, password_changed_at = :now, updated_at = :now, version = version + 1
                                 WHERE user_id = :user AND is_active
                                   AND password_changed_at IS NOT DISTINCT FROM CAST(:seen AS timestamptz)
                                """)
                        .setParameter("hash", hash)
                        .setParameter("now", now)
                        .setParameter("user", userId)
                        .setParameter("seen", seen)
                        .executeUpdate()
                == 1;
    }

    /** Who keeps the shop, at most 100 of them. */
    public static List<Long> activeAdmins() {
        return getEntityManager()
                .createNativeQuery(
                        "SELECT user_id FROM users WHERE role = 'admin' AND is_active ORDER BY user_id LIMIT 100",
                        Long.class)
                .getResultList();
    }

    /**
     * All who keep the shop, in one order, until the transaction ends: whoever takes the role from somebody, and whoever with it
     * leaves, first calls this, and so one is always left.
     */
    static List<Long> lockActiveAdmins() {
        // One after another: whom somebody has just deposed one sees among the admins still and the next no longer, who
        // would
        // lock that row last of all and not in its place.
        getEntityManager()
                .createNativeQuery("SELECT CAST(pg_advisory_xact_lock(hashtextextended('emporium.admins', 0)) AS text)")
                .getSingleResult();
        return getEntityManager()
                .createNativeQuery(
                        "SELECT user_id FROM users WHERE role = 'admin' AND is_active ORDER BY user_id FOR NO KEY UPDATE",
                        Long.class)
                .getResultList();
    }

    /** Until the transaction ends; nobody who has left. */
    static Optional<User> lock(long userId) {
        List<User> found = getEntityManager()
                .createNativeQuery(
                        "SELECT * FROM users WHERE user_id = :user AND erased_at IS NULL FOR NO KEY UPDATE", User.class)
                .setParameter("user", userId)
                .getResultList();
        return found.stream().findFirst();
    }

    /** As {@link #lock}, by their address in any case. */
    static Optional<User> lockByEmail(String email) {
        List<User> found = getEntityManager()
                .createNativeQuery(
                        "SELECT * FROM users WHERE email = CAST(:email AS citext) AND erased_at IS NULL FOR NO KEY UPDATE",
                        User.class)
                .setParameter("email", email)
                .getResultList();
        return found.stream().findFirst();
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

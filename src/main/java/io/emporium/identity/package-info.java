/**
 * Who our customers and our own people are, how they sign in, and where we send things: accounts, sessions, tokens, addresses,
 * notification preferences, devices.
 *
 * <p>A sign-in begins a session. What proves it is an access token (a JWT, minutes) and one live refresh token (opaque,
 * stored hashed, 30 days) that is spent for the next pair:
 *
 * <pre>
 *   A second factor, where one is on, stands before that: the password is answered with a challenge (opaque, stored hashed,
 *   five minutes), and challenge and code with the session ({@link SecondFactors}).
 *
 *                         refresh: R1 spent, R2 issued
 *                         ┌──────────────────┐
 *                         ▼                  │
 *   login ──────────► session live ──────────┘
 *   (access A1,           │
 *    refresh R1)          ├── logout ───────────────────────────────────────► ended: logout
 *                         ├── password changed or reset elsewhere ───────────► ended: password_changed
 *                         ├── second factor turned on elsewhere, or taken ───► ended: second_factor
 *                         ├── an identity elsewhere unlinked ─────────────────► ended: identity_unlinked
 *                         ├── a spent refresh token presented again ────────► ended: refresh_reuse
 *                         └── 30 days without a refresh ────────────────────► over, then forgotten
 *
 *   R: unused ──(UPDATE … WHERE used_at IS NULL)──► used ──presented again──► its session ends
 * </pre>
 *
 * <p>An access token holds only while its session is live and its user active: both are asked of the database on every
 * call, with the role, so logout, deactivation and a change of role act at once. Two refreshes with one token: at most one
 * succeeds. The other, if it began while the token was alive, is refused and no more (a double submit); if it came after
 * the first was answered, it is reuse and ends the session.
 *
 * <p>What proves that an address is somebody's is a secret that was mailed there ({@link AccountTokens}): made when the mail
 * leaves, stored hashed, good once. Whoever has forgotten their password is looked up by a worker and not by the request
 * ({@link Credentials}), which therefore says nothing of who has an account.
 *
 * <p>Whoever signs in at another provider ({@link OidcSignIn}) is sent there and back by their client, which keeps what shows that it
 * was the one who began ({@link OidcFlows}); whose account opens is {@link LinkedIdentities}' to say. From there on it is a sign-in
 * as any, with a session and tokens of the shop's own, and a second factor where one is on. The provider itself, and why it is spoken
 * to as it is, is in {@code identity.oidc}.
 */
@NullMarked
package io.emporium.identity;

import org.jspecify.annotations.NullMarked;

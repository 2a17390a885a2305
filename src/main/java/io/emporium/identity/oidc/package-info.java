/**
 * Somebody else's word for who somebody is: an OpenID Connect provider (OpenID Connect Core 1.0, authorization code with PKCE).
 *
 * <p>By hand and not with Quarkus OIDC, whose API and source were read for it: that one makes the provider's tokens the application's, or keeps a
 * session in a cookie, where this shop gives tokens of its own to clients that have no cookies; its exchange of a code is not open
 * to an application. What Quarkus OIDC Client opens, a POST, does not tell a provider that says no from one that is away, and has
 * no end to what it reads. So the POST goes through {@link io.emporium.shared.HttpCalls}, as all of ours, and what must be right
 * to the letter, the ID token and its keys, is in the hands of jose4j, which checks it for Quarkus OIDC and SmallRye JWT, too.
 *
 * <p>Nothing here knows of accounts: {@code identity.LinkedIdentities} says whose an identity is.
 */
@NullMarked
package io.emporium.identity.oidc;

import org.jspecify.annotations.NullMarked;

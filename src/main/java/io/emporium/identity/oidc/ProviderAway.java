package io.emporium.identity.oidc;

/** The provider does not answer, or nothing that could be used. Unchecked, so that it comes through jose4j. */
final class ProviderAway extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderAway(String why) {
        super(why, null, false, false);
    }
}

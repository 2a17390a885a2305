package io.emporium.identity.oidc;

/** The provider does not answer, or nothing that could be used. Unchecked, so that it comes through jose4j. */
class ProviderAway extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderAway(String why) {
        super(why, null, false, false);
    }

    /** It is there, and has had enough of us for a while. */
    static final class AskedTooOften extends ProviderAway {
        private static final long serialVersionUID = 1L;

        AskedTooOften() {
            super("it is asked too often");
        }
    }
}

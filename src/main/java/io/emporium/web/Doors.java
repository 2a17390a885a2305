package io.emporium.web;

/** In which order the filters in front of every route stand; the higher, the earlier. Quarkus authenticates at 200. */
final class Doors {
    /** Before all others: what they refuse is measured too. */
    static final int MEASURED = 1001;

    static final int FIRST = 1000;
    static final int HEADERS = 990;
    static final int BODY_LIMIT = 980;

    /** Who names nobody is nobody: Quarkus need not find that out before they are counted, and shown what everybody is. */
    static final int NAMELESS = 300;

    static final int NAMELESS_AT_THE_WINDOW = 290;

    /** Who is calling can be asked here. */
    static final int SIGNED_IN = 50;
    /** Counted, and let in. */
    static final int WINDOW = 40;

    private Doors() {}
}

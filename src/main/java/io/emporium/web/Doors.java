package io.emporium.web;

/** In which order the filters in front of every route stand; the higher, the earlier. Quarkus authenticates at 200. */
final class Doors {
    static final int FIRST = 1000;
    static final int HEADERS = 990;
    static final int BODY_LIMIT = 980;

    /** Who is calling can be asked here. */
    static final int SIGNED_IN = 50;

    private Doors() {}
}

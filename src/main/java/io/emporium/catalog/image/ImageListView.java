package io.emporium.catalog.image;

import java.util.List;

/** All pictures of a product, in its order. */
record ImageListView(List<ImageView> images) {}

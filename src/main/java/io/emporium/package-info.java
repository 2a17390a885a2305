/** Emporium: one deployable shop in business modules; a package is a module. */
@NullMarked
package io.emporium;

import org.jspecify.annotations.NullMarked;

/** The shop as strangers use it: every operation with whatever may come, and long walks held against a model. */
package io.emporium.fuzz;

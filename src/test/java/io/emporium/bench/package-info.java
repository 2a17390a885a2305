/**
 * How fast the shop is read: {@code ./mvnw verify -Pbench}, see docs/performance.md. A packaged process on servers of its
 * own, asked over loopback; beside it, in the same run, a Quarkus that does nothing but answer.
 */
package io.emporium.bench;

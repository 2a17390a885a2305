/**
 * What the fake payment providers share: a journal on the disk, webhooks that are delivered until they are taken, faults that
 * strike when they are told to. JDK only.
 */
package io.emporium.local.provider;

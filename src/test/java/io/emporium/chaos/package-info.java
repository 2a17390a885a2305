/**
 * {@code ./mvnw verify -Pchaos}: two packaged processes of the shop on one database, broker and provider, killed at named
 * points and at random under load, while their customers try again, and the invariants asked after each kill. What it
 * found stands in docs/reliability.md. {@link io.emporium.chaos.CampaignChaos} sends a campaign through such kills
 * (docs/campaigns.md). No part of the other tests: the profile runs these two and nothing else does.
 */
package io.emporium.chaos;

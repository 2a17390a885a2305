/**
 * Bank transfers: no provider is asked; the customer is told where to pay, and what came is said by the bank's statements (ISO
 * 20022, camt.053 and camt.054) or by an admin.
 */
@NullMarked
package io.emporium.payment.bank;

import org.jspecify.annotations.NullMarked;

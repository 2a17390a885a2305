package io.emporium.shared;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.Objects;

/**
 * An exact amount of money: whole minor units (cents) of one currency.
 *
 * <p>Arithmetic throws {@link ArithmeticException} instead of overflowing, and refuses to mix currencies.
 *
 * @param minorUnits the amount in the currency's smallest unit, negative where money is owed back
 * @param currency a currency with two decimals: prices are stored and answered with exactly two
 */
public record Money(long minorUnits, Currency currency) implements Comparable<Money> {
    private static final int DECIMALS = 2;
    private static final int LARGEST_EXPONENT = 20;

    public Money {
        Objects.requireNonNull(currency);
        if (currency.getDefaultFractionDigits() != DECIMALS) {
            throw new IllegalArgumentException(currency + " has not two decimals");
        }
    }

    /**
     * @param amount in whole units, at most two decimals
     * @throws ArithmeticException if a part of a cent would be lost, or it is more than there is
     */
    public static Money of(BigDecimal amount, Currency currency) {
        // Ten characters write a number of a billion digits: it must not be written out to be found too large.
        if (Math.abs((long) amount.scale()) > LARGEST_EXPONENT) {
            throw new ArithmeticException("an amount with an exponent of " + -(long) amount.scale());
        }
        return new Money(
                amount.setScale(DECIMALS, RoundingMode.UNNECESSARY)
                        .unscaledValue()
                        .longValueExact(),
                currency);
    }

    /** As {@link #of(BigDecimal, Currency)}, the currency by its ISO 4217 code. */
    public static Money of(BigDecimal amount, String currencyCode) {
        return of(amount, Currency.getInstance(currencyCode));
    }

    public static Money zero(Currency currency) {
        return new Money(0, currency);
    }

    /** The amount in whole units with two decimals, as the database and the API have it. */
    public BigDecimal amount() {
        return BigDecimal.valueOf(minorUnits, DECIMALS);
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(minorUnits, inSameCurrency(other).minorUnits), currency);
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(minorUnits, inSameCurrency(other).minorUnits), currency);
    }

    public Money times(int quantity) {
        return new Money(Math.multiplyExact(minorUnits, (long) quantity), currency);
    }

    public boolean isPositive() {
        return minorUnits > 0;
    }

    public boolean isMoreThan(Money other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(minorUnits, inSameCurrency(other).minorUnits);
    }

    private Money inSameCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException(currency + " and " + other.currency + " do not mix");
        }
        return other;
    }

    /** For people and logs: {@code 999.99 USD}. */
    @Override
    public String toString() {
        return amount().toPlainString() + " " + currency.getCurrencyCode();
    }
}

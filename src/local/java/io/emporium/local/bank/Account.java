package io.emporium.local.bank;

/** The shop's account. */
record Account(String iban, String currency) {}

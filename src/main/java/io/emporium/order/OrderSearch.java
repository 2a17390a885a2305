package io.emporium.order;

import io.emporium.identity.User;
import io.emporium.shared.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everybody's orders, for whoever keeps the shop. */
@ApplicationScoped
class OrderSearch {
    /** So deep the list can be paged, and so far it is counted; beyond that a filter finds what is wanted. */
    static final int DEEPEST = 100_000;

    private final EntityManager database;

    OrderSearch(EntityManager database) {
        this.database = database;
    }

    /**
     * A page of the orders that fit, newest first.
     *
     * @param held whether they wait for somebody to look at them before they are packed; null for both
     * @param text an order's number or the beginning of it, a customer's e-mail address, a SKU or a tracking number; null
     *     for all
     * @param page from 1; it ends at most {@value #DEEPEST} orders deep
     * @throws io.emporium.shared.Refusal VALIDATION_ERROR for a page deeper than that, or a time that is none
     */
    @Transactional
    Page<AdminOrderList.Row> find(
            @Nullable OrderStatus status,
            @Nullable PaymentStatus paymentStatus,
            Period period,
            @Nullable Boolean held,
            @Nullable String text,
            int page,
            int limit) {
        if ((long) page * limit > DEEPEST) {
            throw OrderError.tooDeep(DEEPEST);
        }
        // An address is a customer's or nobody's: their orders have an index of their own.
        Long customerId =
                text == null ? null : User.findByEmail(text).map(User::userId).orElse(null);
        var filter = new OrderFilter(
                status,
                paymentStatus,
                period.from(),
                period.before(),
                held,
                customerId,
                customerId == null ? text : null);
        List<AdminOrderList.Row> rows = read(filter.page(limit, Page.offset(page, limit)), Object[].class).stream()
                .map(AdminOrderList.Row::of)
                .toList();
        long total = read(filter.countUpTo(DEEPEST), Long.class).getFirst();
        return new Page<>(rows, page, limit, total);
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> read(OrderFilter.Statement statement, Class<T> row) {
        Query query = database.createNativeQuery(statement.sql(), row);
        for (int i = 0; i < statement.arguments().size(); i++) {
            query.setParameter(i + 1, statement.arguments().get(i));
        }
        return query.getResultList();
    }
}

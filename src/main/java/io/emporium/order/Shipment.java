package io.emporium.order;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parcel an order left in. */
@Entity
@Table(name = "shipments")
class Shipment extends PanacheEntityBase {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "shipment_id")
    Long shipmentId;

    @Column(name = "order_id", nullable = false, updatable = false)
    long orderId;

    @Column(nullable = false)
    String carrier;

    @Column(name = "tracking_number", nullable = false)
    String trackingNumber;

    @Nullable
    @Column(name = "estimated_delivery")
    LocalDate estimatedDelivery;

    @Column(name = "shipped_at", nullable = false, updatable = false)
    Instant shippedAt;

    static Optional<Shipment> ofOrder(long orderId) {
        return find("orderId", orderId).firstResultOptional();
    }
}

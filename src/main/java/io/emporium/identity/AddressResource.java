package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.ApiDocument;
import io.emporium.web.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** One's own addresses (contract.md "Endpoints"). Somebody else's is not found. */
@Path("/api/v1/addresses")
@RunOnVirtualThread
@Tag(name = "Addresses")
class AddressResource {
    private final AddressService addresses;
    private final Caller caller;

    AddressResource(AddressService addresses, Caller caller) {
        this.addresses = addresses;
        this.caller = caller;
    }

    /** At most 50, so they are not paged. */
    record AddressList(List<AddressView> addresses) {}

    @GET
    @Operation(
            operationId = "listAddresses",
            summary = "Your addresses",
            description = "The default first, then the newest.")
    public Answer<AddressList> list() {
        return Answer.of(new AddressList(addresses.list(caller.userId())));
    }

    @POST
    @Extension(name = ApiDocument.STATUSES, value = "201")
    @ResponseStatus(201)
    @Operation(
            operationId = "addAddress",
            summary = "Add an address",
            description = "Your first becomes the default. At most 50.")
    public Answer<AddressView> add(@Valid @NotNull AddressRequest request) {
        return Answer.of("Address added", addresses.add(caller.userId(), request));
    }

    @GET
    @Path("/{address_id}")
    @Operation(operationId = "getAddress", summary = "One of your addresses")
    public Answer<AddressView> get(@PathParam("address_id") long addressId) {
        return Answer.of(addresses.get(addressId, caller.userId()));
    }

    @PUT
    @Path("/{address_id}")
    @Operation(
            operationId = "replaceAddress",
            summary = "Change an address",
            description = "Orders keep the address they were placed with. Without is_default, that stays as it is.")
    public Answer<AddressView> replace(
            @PathParam("address_id") long addressId, @Valid @NotNull AddressRequest request) {
        return Answer.of("Address updated", addresses.replace(addressId, caller.userId(), request));
    }

    @DELETE
    @Path("/{address_id}")
    @Operation(
            operationId = "deleteAddress",
            summary = "Delete an address",
            description = "If it was the default, the newest of the others becomes it.")
    public Answer<Void> delete(@PathParam("address_id") long addressId) {
        addresses.delete(addressId, caller.userId());
        return Answer.done("Address deleted");
    }
}

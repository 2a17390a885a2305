package io.emporium.identity;

import io.emporium.web.Answer;
import io.emporium.web.Caller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** A door for admins only; the module itself has none yet. */
@Path("/test/identity/admin")
public class AdminProbe {
    @GET
    @RolesAllowed(Caller.ADMIN)
    public Answer<Void> get() {
        return Answer.done("You are an admin");
    }
}

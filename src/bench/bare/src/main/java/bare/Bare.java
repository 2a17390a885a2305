package bare;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.file.Files;

/** Answers what Emporium has answered, read once from files. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class Bare {
    private static final String LIST = read("bare.list");
    private static final String PRODUCT = read("bare.product");

    @GET
    @Path("list")
    @NonBlocking
    public String list() {
        return LIST;
    }

    @GET
    @Path("product")
    @NonBlocking
    public String product() {
        return PRODUCT;
    }

    private static String read(String property) {
        try {
            return Files.readString(java.nio.file.Path.of(System.getProperty(property)));
        } catch (IOException fault) {
            throw new ExceptionInInitializerError(fault);
        }
    }
}

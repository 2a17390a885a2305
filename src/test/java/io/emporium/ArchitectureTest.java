package io.emporium;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.emporium.web.ApiDocument;
import io.emporium.web.Production;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.extensions.Extensions;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds architecture.md against the byte code: who may use whom, as an equality, and the habits that can be seen there. */
class ArchitectureTest {
    private static final String ROOT = "io.emporium";

    /** The table of architecture.md "Packages, and who may use whom". */
    private static final Map<String, Set<String>> USES = new TreeMap<>(Map.ofEntries(
            Map.entry("shared", Set.of()),
            Map.entry("web", Set.of("shared")),
            Map.entry("outbox", Set.of("shared")),
            Map.entry("identity", Set.of("outbox", "web", "shared")),
            Map.entry("inventory", Set.of("outbox", "web", "shared")),
            Map.entry("catalog", Set.of("inventory", "outbox", "web", "shared")),
            Map.entry("search", Set.of("catalog", "outbox", "web", "shared")),
            Map.entry("cart", Set.of("catalog", "inventory", "web", "shared")),
            Map.entry("order", Set.of("identity", "catalog", "inventory", "cart", "outbox", "web", "shared")),
            Map.entry("payment", Set.of("identity", "order", "outbox", "web", "shared")),
            Map.entry("notification", Set.of("identity", "order", "payment", "outbox", "web", "shared"))));

    private static final JavaClasses SHOP = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    private static Optional<String> module(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(ROOT + ".")) {
            return Optional.empty();
        }
        String rest = name.substring(ROOT.length() + 1);
        int end = rest.indexOf('.');
        return Optional.of(end < 0 ? rest : rest.substring(0, end));
    }

    @Test
    void the_modules_are_the_eleven() {
        Set<String> there = new TreeSet<>();
        SHOP.forEach(type -> module(type).ifPresent(there::add));
        assertThat(there).isEqualTo(USES.keySet());
    }

    @Test
    void each_module_uses_what_the_table_says_no_more_and_no_less() {
        Set<String> actual = new TreeSet<>();
        Map<String, String> seen = new TreeMap<>();
        for (JavaClass type : SHOP) {
            String from = module(type).orElse("");
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                String to = module(dependency.getTargetClass().getBaseComponentType())
                        .orElse("");
                if (!from.isEmpty() && !to.isEmpty() && !from.equals(to)) {
                    actual.add(from + " -> " + to);
                    seen.putIfAbsent(from + " -> " + to, dependency.getDescription());
                }
            }
        }
        Set<String> declared = new TreeSet<>();
        USES.forEach((from, targets) -> targets.forEach(to -> declared.add(from + " -> " + to)));

        Set<String> gone = new TreeSet<>(declared);
        gone.removeAll(actual);
        seen.keySet().removeAll(declared);
        assertThat(seen).as("used, but not in the table of architecture.md").isEmpty();
        assertThat(gone).as("in the table of architecture.md, but not used").isEmpty();
    }

    @Test
    void no_module_leads_back_to_itself() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(SHOP);
    }

    /** The scheduler begins at 0 and the broker's lines at 1000: whoever is told to set something shall read only that. */
    @Test
    void what_may_stop_a_start_is_asked_before_anything_else_of_it() {
        Set<String> asked = new TreeSet<>();
        Set<String> late = new TreeSet<>();
        for (JavaClass type : SHOP) {
            boolean mayStop = type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(dependency -> dependency.getTargetClass().isEquivalentTo(Production.class));
            if (mayStop) {
                type.getMethods().stream()
                        .flatMap(method -> method.getParameters().stream())
                        .filter(parameter -> parameter.getRawType().isEquivalentTo(StartupEvent.class))
                        .forEach(parameter -> {
                            asked.add(type.getSimpleName());
                            if (!parameter.isAnnotatedWith(Priority.class)
                                    || parameter
                                                    .getAnnotationOfType(Priority.class)
                                                    .value()
                                            >= 0) {
                                late.add(type.getSimpleName());
                            }
                        });
            }
        }
        assertThat(asked).contains("SigningKey", "TokenKeys", "FirstAdmin", "StripeSecrets", "Bounces");
        assertThat(late).isEmpty();
    }

    @Test
    void shared_knows_no_framework() {
        Set<String> foreign = new TreeSet<>();
        for (JavaClass type : SHOP) {
            if (module(type).equals(Optional.of("shared"))) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency
                                .getTargetClass()
                                .getBaseComponentType()
                                .getName())
                        .filter(name -> name.contains(".")
                                && !name.startsWith("java.")
                                && !name.startsWith("org.jspecify.")
                                && !name.startsWith(ROOT + ".shared"))
                        .forEach(name -> foreign.add(type.getSimpleName() + " -> " + name));
            }
        }
        assertThat(foreign).isEmpty();
    }

    // Relevance in search may be a fraction, and seconds at start-up; money may not.
    private static final DescribedPredicate<JavaClass> FLOATING = DescribedPredicate.describe(
            "double or float",
            type -> Set.of("double", "float", "java.lang.Double", "java.lang.Float")
                    .contains(type.getBaseComponentType().getName()));

    @Test
    void no_amount_is_a_binary_fraction() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackages(ROOT, ROOT + ".search..")
                .should()
                .notHaveRawType(FLOATING)
                .check(SHOP);
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackages(ROOT, ROOT + ".search..")
                .should()
                .notHaveRawReturnType(FLOATING)
                .andShould()
                .notHaveRawParameterTypes(DescribedPredicate.describe(
                        "a double or float among them", types -> types.stream().anyMatch(FLOATING)))
                .check(SHOP);
    }

    @Test
    void every_package_is_null_marked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass type : SHOP) {
            JavaPackage owner = type.getPackage();
            if (owner.tryGetPackageInfo()
                    .filter(info -> info.isAnnotatedWith(NullMarked.class))
                    .isEmpty()) {
                unmarked.add(owner.getName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void jax_rs_sees_every_endpoint() {
        // A method that is not public compiles and answers 404.
        methods()
                .that()
                .areMetaAnnotatedWith(HttpMethod.class)
                .should()
                .bePublic()
                .check(SHOP);
    }

    @Test
    void the_status_that_an_endpoint_answers_with_is_in_the_document() {
        Set<String> undocumented = new TreeSet<>();
        int seen = 0;
        for (JavaClass type : SHOP) {
            for (JavaMethod method : type.getMethods()) {
                var answered = method.tryGetAnnotationOfType(ResponseStatus.class);
                if (answered.isPresent()) {
                    seen++;
                    String status = String.valueOf(answered.get().value());
                    boolean isTold = extensions(method)
                            .filter(extension -> extension.name().equals(ApiDocument.STATUSES))
                            .anyMatch(extension ->
                                    List.of(extension.value().split(",", -1)).contains(status));
                    if (!isTold) {
                        undocumented.add(method.getFullName() + " answers with " + status);
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
        assertThat(undocumented)
                .as("@Extension(name = ApiDocument.STATUSES, …) says it")
                .isEmpty();
    }

    /** One stands by itself, several in the container that the compiler makes. */
    private static Stream<Extension> extensions(JavaMethod method) {
        return Stream.concat(
                method.tryGetAnnotationOfType(Extension.class).stream(),
                method.tryGetAnnotationOfType(Extensions.class).map(Extensions::value).stream()
                        .flatMap(Stream::of));
    }

    @Test
    void who_may_what_stands_in_one_table_and_in_no_annotation() {
        Set<String> others = new TreeSet<>();
        SHOP.forEach(type -> type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getName())
                .filter(name -> name.startsWith("jakarta.annotation.security.")
                        || name.equals("io.quarkus.security.Authenticated")
                        || name.equals("io.quarkus.security.PermissionsAllowed"))
                .forEach(name -> others.add(type.getSimpleName() + " -> " + name)));
        assertThat(others).as("web.Permissions says it").isEmpty();
    }

    @Test
    void only_inventory_writes_stock() throws IOException {
        Path sources = Path.of("src/main/java/io/emporium");
        List<Pattern> writes = Stream.of(
                        "update\\s+products\\b[^\"]*?\\bset\\b[^\"]*?\\bstock_quantity\\s*=",
                        "insert\\s+into\\s+products\\b[^\"]*?\\bstock_quantity\\b",
                        "(insert\\s+into|update|delete\\s+from)\\s+stock_ledger\\b")
                .map(sql -> Pattern.compile(sql, Pattern.CASE_INSENSITIVE))
                .toList();
        Set<String> writers = new TreeSet<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                if (writes.stream().anyMatch(sql -> sql.matcher(source).find())) {
                    writers.add(sources.relativize(file).getName(0).toString());
                }
            }
        }
        assertThat(writers).containsExactly("inventory");
    }
}

package io.emporium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** What the shop is made of besides what stands here: nothing that is known to be bad, and only under licences that we can live with. */
class SupplyChainTest {
    private static final Path KNOWN_BAD = Path.of("src/test/resources/supply/known-bad-versions.txt");
    private static final Path LICENCES = Path.of("docs/licences.md");
    private static final Path BILL = Path.of("target/emporium-sbom.json");
    private static final Pattern JAR = Pattern.compile(".*/repository/(.+)/([^/]+)/([^/]+)/\\2-\\3[^/]*\\.jar");

    /** Maven's, on this machine. */
    private static final Path REPOSITORY = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(jar -> JAR.matcher(jar.replace('\\', '/')).matches())
            .map(jar -> Path.of(jar.replaceFirst("(.*[/\\\\]repository)[/\\\\].*", "$1")))
            .findFirst()
            .orElseThrow();

    /** Another one on every developer's machine: not on the page. */
    private static final Pattern OF_A_PLATFORM = Pattern.compile("linux|osx|darwin|macos|windows");

    /** How licences are called, and what they are. The first that fits; what fits none is not allowed. */
    private static final Map<String, Pattern> ALLOWED = new java.util.LinkedHashMap<>();

    static {
        allow("Apache-2.0", "\\bapache.?2|\\bapache\\b.*\\b2(\\.0)?\\b|\\bapache license|\\basl.?2");
        allow("MIT", "\\bmit\\b|\\bmit-0|\\bbouncy castle");
        allow("BSD", "\\b0?bsd\\b|\\bedl\\b|\\beclipse distribution|\\bpostgresql\\b");
        allow("EPL-2.0", "\\beclipse public|\\bepl\\b");
        allow("LGPL (linked, not changed)", "\\blgpl|\\blesser general");
        allow("GPL-2.0 with classpath exception", "\\bclasspath.?exception|\\bgpl2 w/ cpe\\b|\\bcddl\\b.*\\bgpl");
        allow("CDDL", "\\bcddl\\b|\\bcommon development");
        allow("MPL", "\\bmozilla public|\\bmpl\\b");
        allow("CC0 or public domain", "\\bcc0\\b|\\bpublic domain|\\bunlicense\\b");
        allow("UPL", "\\buniversal permissive|\\bupl\\b");
        allow("Unicode", "\\bunicode|\\bicu\\b");
        allow("ISC, zlib, SIL OFL", "\\bisc\\b|\\bzlib\\b|\\bopen font|\\bofl\\b");
    }

    private record Artifact(String group, String name, String version, Path folder) {
        String id() {
            return group + ":" + name;
        }
    }

    private record Bad(String id, String from, String below, String what) {}

    private static void allow(String licence, String names) {
        ALLOWED.put(licence, Pattern.compile(names, Pattern.CASE_INSENSITIVE));
    }

    @Test
    void nothing_is_known_to_be_bad() throws IOException {
        List<Artifact> artifacts = artifacts();
        assertThat(artifacts).hasSizeGreaterThan(300);
        assertThat(bad(artifacts, known())).isEmpty();
        assertThat(bad(artifacts, List.of(new Bad("io.quarkus:quarkus-core", "3.0", "999", "all of them"))))
                .hasSize(1);
    }

    private static List<String> bad(List<Artifact> artifacts, List<Bad> known) {
        List<String> bad = new ArrayList<>();
        for (Artifact artifact : artifacts) {
            known.stream()
                    .filter(each -> each.id().equals(artifact.id()))
                    .filter(each -> compare(artifact.version(), each.from()) >= 0
                            && compare(artifact.version(), each.below()) < 0)
                    .forEach(each -> bad.add(artifact.id() + " " + artifact.version() + " is below " + each.below()
                            + ": " + each.what()));
        }
        return bad;
    }

    @Test
    void the_list_of_what_is_bad_is_read_and_not_old() throws IOException {
        assertThat(known()).hasSizeGreaterThan(40);
        // Of what we use it knows much: an id that is misspelt is none of ours.
        Set<String> ours = artifacts().stream().map(Artifact::id).collect(Collectors.toSet());
        assertThat(known().stream().map(Bad::id).distinct().filter(ours::contains))
                .hasSizeGreaterThan(12);
        Matcher dated = Pattern.compile("as of (\\d{4}-\\d{2}-\\d{2})").matcher(Files.readString(KNOWN_BAD));
        assertThat(dated.find()).isTrue();
        Matcher released =
                Pattern.compile("outputTimestamp>(\\d{4}-\\d{2}-\\d{2})").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(released.find()).isTrue();
        assertThat(LocalDate.parse(dated.group(1)).plusMonths(6)).isAfter(LocalDate.parse(released.group(1)));
    }

    @Test
    void versions_are_compared_as_numbers() {
        assertThat(compare("4.1.130.Final", "4.1.13")).isPositive();
        assertThat(compare("2.9.0", "2.10")).isNegative();
        assertThat(compare("33.4.0-jre", "33.4.0")).isZero();
    }

    @Test
    void every_licence_is_one_that_we_can_live_with_and_listed() throws Exception {
        Map<String, Set<String>> listed = new TreeMap<>();
        List<String> others = new ArrayList<>();
        for (Artifact artifact : artifacts()) {
            List<String> names =
                    licences(artifact.folder().resolve(artifact.name() + "-" + artifact.version() + ".pom"), 0);
            // Of several one may choose.
            String licence = names.stream()
                    .flatMap(name -> allowed(name).stream())
                    .findFirst()
                    .orElse(null);
            if (licence == null) {
                others.add(artifact.id() + " " + artifact.version() + ": " + names);
            } else if (!OF_A_PLATFORM.matcher(artifact.name()).find()) {
                listed.computeIfAbsent(licence, any -> new TreeSet<>()).add(artifact.id());
            }
        }
        assertThat(others).isEmpty();
        var page = new StringBuilder("""
                # Licences

                Of every library that the shop, its tests and local mode's servers are made of, under the licence that we take it by. Written by
                `./mvnw test -Dtest=SupplyChainTest -Dlicences.write=true`; `SupplyChainTest` fails on a licence that is none of these, and
                where this page is not up to date.
                """);
        listed.forEach((licence, ids) -> page.append("\n## ")
                .append(licence)
                .append("\n\n")
                .append(String.join(", ", ids))
                .append('\n'));
        if (Boolean.getBoolean("licences.write")) {
            Files.writeString(LICENCES, page);
        }
        assertThat(Files.readString(LICENCES)).isEqualTo(page.toString());
    }

    /** The bill is of what runs: neither what only the tests need is in it nor what only the build does. */
    @Test
    void the_bill_of_materials_names_what_the_shop_is_made_of() throws Exception {
        JsonNode bill = new ObjectMapper().readTree(BILL.toFile());
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.at("/metadata/component/name").asText()).isEqualTo("emporium");
        Set<String> declared = new TreeSet<>();
        Set<String> ofTests = new TreeSet<>();
        for (Element dependency :
                children(children(parsed(Path.of("pom.xml")), "dependencies").getFirst(), "dependency")) {
            (text(dependency, "scope").equals("test") ? ofTests : declared)
                    .add(text(dependency, "groupId") + ":" + text(dependency, "artifactId"));
        }
        List<Artifact> billed = billed();
        Set<String> ids = billed.stream().map(Artifact::id).collect(Collectors.toSet());
        assertThat(declared).hasSizeGreaterThan(25).isSubsetOf(ids);
        assertThat(ofTests).hasSizeGreaterThan(10).doesNotContainAnyElementsOf(ids);
        // A version that is not the one of the class path would be another library's bill.
        assertThat(onTheClassPath().stream().filter(artifact -> ids.contains(artifact.id())))
                .hasSizeGreaterThan(300)
                .isSubsetOf(billed);
        for (JsonNode component : bill.path("components")) {
            String jar = component.path("name").asText() + "-"
                    + component.path("version").asText() + ".jar";
            Path file = folder(component).resolve(jar);
            if (Files.exists(file)) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                assertThat(component.path("hashes").findValuesAsText("content"))
                        .as(jar)
                        .contains(HexFormat.of().formatHex(hash));
            }
        }
    }

    /** What runs: Quarkus adds libraries that Maven does not know of. */
    private static List<Artifact> billed() throws IOException {
        List<Artifact> billed = new ArrayList<>();
        for (JsonNode component : new ObjectMapper().readTree(BILL.toFile()).path("components")) {
            if (!component.path("group").asText().equals("io.emporium")) {
                billed.add(new Artifact(
                        component.path("group").asText(),
                        component.path("name").asText(),
                        component.path("version").asText(),
                        folder(component)));
            }
        }
        return billed;
    }

    private static Path folder(JsonNode component) {
        return REPOSITORY
                .resolve(component.path("group").asText().replace('.', '/'))
                .resolve(component.path("name").asText())
                .resolve(component.path("version").asText());
    }

    @Test
    void a_licence_that_nobody_has_agreed_to_is_none_whatever_words_it_is_made_of() {
        for (String name : List.of(
                "",
                "GNU General Public License v3.0 https://www.gnu.org/licenses/gpl-3.0.html",
                "GPL-2.0-only",
                "GNU Affero General Public License v3.0",
                "Server Side Public License, v 1",
                "Business Source License 1.1",
                "Elastic License 2.0",
                "Commons Clause",
                // mit, mpl, upl, icu, epl and ofl are in these.
                "Permitted use only",
                "Simple Licence",
                "Duplicates for particular customers",
                "Replaced by the Profligate Licence")) {
            assertThat(allowed(name)).as(name).isEmpty();
        }
        assertThat(allowed("GNU Lesser General Public License, LGPL-2.1")).contains("LGPL (linked, not changed)");
        assertThat(allowed("The MIT License")).contains("MIT");
        assertThat(allowed("Apache License, Version 2.0")).contains("Apache-2.0");
    }

    private static java.util.Optional<String> allowed(String name) {
        return ALLOWED.entrySet().stream()
                .filter(each -> each.getValue().matcher(name).find())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Of the shop, the tests and local mode's servers. */
    private static List<Artifact> artifacts() throws IOException {
        Map<String, Artifact> artifacts = new TreeMap<>();
        Stream.of(onTheClassPath(), ofServers(), billed())
                .flatMap(List::stream)
                .forEach(artifact -> artifacts.put(artifact.id() + ":" + artifact.version(), artifact));
        return List.copyOf(artifacts.values());
    }

    /** The class path of the tests, which holds the shop's. */
    private static List<Artifact> onTheClassPath() {
        return artifacts(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    }

    private static List<Artifact> ofServers() throws IOException {
        String servers = Files.readString(Path.of("target/local/servers.args"));
        return artifacts(servers.replace("\"", "").split("[" + File.pathSeparator + "\\s]+", -1));
    }

    private static List<Artifact> artifacts(String[] jars) {
        List<Artifact> artifacts = new ArrayList<>();
        for (String jar : jars) {
            Matcher path = JAR.matcher(jar.replace('\\', '/'));
            if (path.matches()) {
                artifacts.add(new Artifact(
                        path.group(1).replace('/', '.'),
                        path.group(2),
                        path.group(3),
                        Path.of(jar).getParent()));
            }
        }
        return artifacts;
    }

    private static List<Bad> known() throws IOException {
        List<Bad> known = new ArrayList<>();
        for (String line : Files.readAllLines(KNOWN_BAD)) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] parts = line.split(" \\| ", -1);
                known.add(new Bad(parts[0], parts[1], parts[2], parts[3]));
            }
        }
        return known;
    }

    /** By their numbers; what stands behind them (Final, jre) says nothing about what is bad. */
    private static int compare(String one, String other) {
        List<Long> first = numbers(one);
        List<Long> second = numbers(other);
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            long left = i < first.size() ? first.get(i) : 0;
            long right = i < second.size() ? second.get(i) : 0;
            if (left != right) {
                return Long.compare(left, right);
            }
        }
        return 0;
    }

    private static List<Long> numbers(String version) {
        return Arrays.stream(version.toLowerCase(Locale.ROOT).split("[.\\-+]", -1))
                .takeWhile(part -> part.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .toList();
    }

    /** As the artifact's POM says, or the nearest of its parents that says something. */
    private static List<String> licences(Path pom, int depth) throws Exception {
        if (!Files.exists(pom) || depth > 10) {
            return List.of();
        }
        Element project = parsed(pom);
        List<String> names = new ArrayList<>();
        for (Element licences : children(project, "licenses")) {
            for (Element licence : children(licences, "license")) {
                names.add(text(licence, "name") + " " + text(licence, "url"));
            }
        }
        List<Element> parents = children(project, "parent");
        if (!names.isEmpty() || parents.isEmpty()) {
            return names;
        }
        Element parent = parents.getFirst();
        String name = text(parent, "artifactId");
        String version = text(parent, "version");
        Path repository = Path.of(pom.toString().replaceFirst("(.*[/\\\\]repository)[/\\\\].*", "$1"));
        return licences(
                repository
                        .resolve(text(parent, "groupId").replace('.', '/'))
                        .resolve(name)
                        .resolve(version)
                        .resolve(name + "-" + version + ".pom"),
                depth + 1);
    }

    private static Element parsed(Path pom) throws IOException {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException unreadable) {
            throw new IOException(pom.toString(), unreadable);
        }
    }

    private static List<Element> children(Element of, String name) {
        List<Element> children = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                children.add(element);
            }
        }
        return children;
    }

    private static String text(Element of, String name) {
        return children(of, name).stream()
                .map(child -> child.getTextContent().strip())
                .findFirst()
                .orElse("");
    }
}

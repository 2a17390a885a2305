package io.emporium.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md names tests that are there, and passes over no chapter. */
class SecurityPageTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");
    private static final Pattern CHAPTER = Pattern.compile("(?m)^### V(\\d+) ");

    @Test
    void every_test_that_it_names_is_there() throws IOException {
        Set<String> named = found(TEST).collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(30);
        try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
            Set<String> there = sources.map(
                            file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(there).containsAll(named);
        }
    }

    @Test
    void it_passes_over_no_chapter_of_asvs_5() throws IOException {
        List<String> chapters = found(CHAPTER).toList();
        assertThat(chapters)
                .isEqualTo(
                        IntStream.rangeClosed(1, 17).mapToObj(String::valueOf).toList());
    }

    private static Stream<String> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(Path.of("docs/security.md")))
                .results()
                .map((MatchResult match) -> match.group(1));
    }
}

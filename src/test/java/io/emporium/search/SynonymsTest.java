package io.emporium.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.emporium.WoundClock;
import io.emporium.search.Synonyms.Term;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynonymsTest {
    @TempDir
    Path folder;

    private final WoundClock clock = new WoundClock();

    @Test
    void those_that_come_along_are_known_whatever_their_case_and_number() {
        Synonyms delivered = of(Optional.empty());
        assertThat(synonyms(delivered, "couch")).contains("sofa");
        assertThat(synonyms(delivered, "Couches")).contains("sofa");
        assertThat(synonyms(delivered, "SCARVES")).contains("scarf");
        assertThat(synonyms(delivered, "telly")).contains("tv");
        assertThat(synonyms(delivered, "kettle")).isEmpty();
    }

    @Test
    void an_arrow_leads_one_way() throws IOException {
        Synonyms own = of("brolly => umbrella");
        assertThat(synonyms(own, "brolly")).containsExactly("umbrella");
        assertThat(synonyms(own, "umbrella")).isEmpty();
    }

    @Test
    void several_words_are_one_term_and_the_longest_wins() throws IOException {
        Synonyms own = of("chest, trunk\nchest of drawers, dresser");
        assertThat(own.terms("oak chest of drawers"))
                .containsExactly(new Term("oak", List.of()), new Term("chest of drawers", List.of("dresser")));
    }

    @Test
    void fillers_are_left_out_unless_there_is_nothing_else() throws IOException {
        Synonyms own = of("");
        assertThat(own.terms("a lamp for the desk")).extracting(Term::text).containsExactly("lamp", "desk");
        assertThat(own.terms("The Who")).extracting(Term::text).containsExactly("Who");
        assertThat(own.terms("to be or not to be")).hasSize(6);
        assertThat(own.terms("")).isEmpty();
    }

    @Test
    void a_line_that_says_nothing_is_passed_over() throws IOException {
        Synonyms own = of(
                "# a remark\n\nalone\n=> b\na =>\na => b => c\n,,,\none two three four five, six\nbrolly, umbrella # both");
        assertThat(synonyms(own, "alone")).isEmpty();
        assertThat(synonyms(own, "a b c")).isEmpty();
        assertThat(synonyms(own, "umbrella")).containsExactly("brolly");
    }

    @Test
    void nothing_in_a_line_is_an_operator() throws IOException {
        Synonyms own = of("lamp, (light | *:* & !dark):*");
        assertThat(synonyms(own, "lamp")).containsExactly("light dark");
    }

    @Test
    void a_term_has_six_at_most() throws IOException {
        String many = String.join(
                ", ", IntStream.range(0, 40).mapToObj(i -> "word" + i).toList());
        assertThat(synonyms(of(many), "word7")).hasSize(Synonyms.FOR_A_TERM);
    }

    @Test
    void a_changed_file_holds_within_ten_seconds_and_a_lost_one_changes_nothing() throws IOException {
        Synonyms own = of("brolly, umbrella");
        assertThat(synonyms(own, "brolly")).containsExactly("umbrella");
        write("brolly, parasol", clock.instant().plusSeconds(1));
        clock.forward(Duration.ofSeconds(9));
        assertThat(synonyms(own, "brolly")).containsExactly("umbrella");
        clock.forward(Duration.ofSeconds(1));
        assertThat(synonyms(own, "brolly")).containsExactly("parasol");
        Files.delete(folder.resolve("synonyms.txt"));
        clock.forward(Duration.ofSeconds(10));
        assertThat(synonyms(own, "brolly")).containsExactly("parasol");
    }

    @Test
    void without_the_file_those_that_come_along_hold() {
        Synonyms lost = of(Optional.of(folder.resolve("nowhere.txt").toString()));
        assertThat(synonyms(lost, "couch")).contains("sofa");
    }

    private Synonyms of(String lines) throws IOException {
        write(lines, clock.instant());
        return of(Optional.of(folder.resolve("synonyms.txt").toString()));
    }

    private void write(String lines, Instant changed) throws IOException {
        Path file = Files.writeString(folder.resolve("synonyms.txt"), lines);
        Files.setLastModifiedTime(file, FileTime.from(changed));
    }

    private Synonyms of(Optional<String> file) {
        return new Synonyms(file, clock);
    }

    private static List<String> synonyms(Synonyms of, String text) {
        return of.terms(text).stream().flatMap(term -> term.synonyms().stream()).toList();
    }
}

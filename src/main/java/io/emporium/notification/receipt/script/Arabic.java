package io.emporium.notification.receipt.script;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins Arabic letters: each is drawn in the form that its neighbours ask for. Unicode has these forms as characters of their
 * own (U+FB50 to U+FBFF, U+FE70 to U+FEFC), in runs of isolated, final, initial and medial that decompose to the same letter;
 * so what belongs together is read from the JDK's tables.
 */
public final class Arabic {
    private static final int ISOLATED = 0;
    private static final int FINAL = 1;
    private static final int INITIAL = 2;
    private static final int MEDIAL = 3;
    private static final char LAM = 'ل';
    private static final char TATWEEL = 'ـ';
    /** Joins what stands beside it without being drawn itself. */
    private static final char JOINER = '\u200D';

    private static final Map<String, int[]> FORMS = forms();

    private Arabic() {}

    private static Map<String, int[]> forms() {
        Map<String, int[]> forms = new HashMap<>();
        collect(forms, 0xFB50, 0xFBB1);
        collect(forms, 0xFBD3, 0xFBE7);
        collect(forms, 0xFBFC, 0xFBFF);
        collect(forms, 0xFE80, 0xFEFC);
        return forms;
    }

    private static void collect(Map<String, int[]> forms, int from, int to) {
        for (int form = from; form <= to; form++) {
            String letter = Normalizer.normalize(Character.toString(form), Normalizer.Form.NFKC);
            int[] known = forms.get(letter);
            if (known == null) {
                forms.put(letter, new int[] {form});
            } else if (known.length < 4 && known[known.length - 1] == form - 1) {
                int[] more = Arrays.copyOf(known, known.length + 1);
                more[known.length] = form;
                forms.put(letter, more);
            }
        }
    }

    /** A form that is drawn, and the text it stands for. */
    public record Form(int drawn, String meaning) {}

    /** @return the forms in the text's own order; what is not Arabic as it is */
    public static List<Form> join(String text) {
        int[] letters = text.codePoints().toArray();
        var joined = new ArrayList<Form>(letters.length);
        boolean joinsBefore = false;
        for (int i = 0; i < letters.length; i++) {
            int letter = letters[i];
            if (isMark(letter)) {
                // It sits on its letter and joins nothing, nor does it part what is joined.
                joined.add(new Form(letter, Character.toString(letter)));
                continue;
            }
            String meaning = Character.toString(letter);
            int next = i + 1;
            int[] ligature = null;
            if (letter == LAM && next < letters.length) {
                ligature = FORMS.get(meaning + Character.toString(letters[next]));
            }
            int[] forms = ligature != null ? ligature : FORMS.get(meaning);
            if (ligature != null) {
                meaning += Character.toString(letters[next]);
                i = next;
            }
            boolean joinsAfter = canJoinNext(letter, forms) && canJoinPrevious(after(letters, i));
            joined.add(new Form(forms == null ? letter : form(forms, joinsBefore, joinsAfter), meaning));
            joinsBefore = canJoinNext(letter, forms);
        }
        return joined;
    }

    private static int form(int[] forms, boolean before, boolean after) {
        int wanted = before ? (after ? MEDIAL : FINAL) : after ? INITIAL : ISOLATED;
        return forms[wanted < forms.length ? wanted : before && forms.length > FINAL ? FINAL : ISOLATED];
    }

    private static boolean canJoinNext(int letter, int @Nullable [] forms) {
        return letter == TATWEEL || letter == JOINER || forms != null && forms.length > INITIAL;
    }

    private static boolean canJoinPrevious(int letter) {
        int[] forms = FORMS.get(Character.toString(letter));
        return letter == TATWEEL || letter == JOINER || forms != null && forms.length > FINAL;
    }

    private static int after(int[] letters, int at) {
        int next = at + 1;
        while (next < letters.length && isMark(letters[next])) {
            next++;
        }
        return next < letters.length ? letters[next] : ' ';
    }

    /** Whether it sits on another letter, of whichever script. */
    public static boolean isMark(int codePoint) {
        return Character.getType(codePoint) == Character.NON_SPACING_MARK
                || Character.getType(codePoint) == Character.ENCLOSING_MARK;
    }
}

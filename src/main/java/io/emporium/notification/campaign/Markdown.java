package io.emporium.notification.campaign;

import io.emporium.notification.delivery.PlainLine;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what an admin has written into the two parts of a mail. HTML is no part of it: tags are shown as the text they
 * are. A link that does not lead to http(s) or mailto, or a picture that does not come by https, is only its text. What
 * cannot be seen is taken out at the end: Markdown writes it as {@code &#x202E;} too.
 */
final class Markdown {
    /** Mail clients drop style sheets. */
    private static final Map<String, String> STYLES = Map.ofEntries(
            Map.entry("p", "margin:0 0 16px;"),
            Map.entry("a", "color:#1f4d3f;"),
            Map.entry("img", "max-width:100%;height:auto;border:0;"),
            Map.entry("ul", "margin:0 0 16px;padding:0 0 0 24px;"),
            Map.entry("ol", "margin:0 0 16px;padding:0 0 0 24px;"),
            Map.entry("blockquote", "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8d877a;"),
            Map.entry("pre", "margin:0 0 16px;white-space:pre-wrap;font-size:14px;line-height:20px;"),
            Map.entry("hr", "margin:24px 0;border:0;border-top:1px solid #8d877a;"),
            Map.entry("h1", "margin:0 0 16px;font-size:22px;line-height:28px;font-weight:normal;"),
            Map.entry("h2", "margin:0 0 16px;font-size:20px;line-height:26px;font-weight:normal;"),
            Map.entry("h3", "margin:0 0 16px;font-size:18px;line-height:24px;font-weight:normal;"));

    private static final Parser PARSER = Parser.builder().build();
    private static final HtmlRenderer HTML = HtmlRenderer.builder()
            .escapeHtml(true)
            .attributeProviderFactory(context -> (node, tag, attributes) -> {
                String style = STYLES.get(tag);
                if (style != null) {
                    attributes.put("style", style);
                }
            })
            .build();
    private static final TextContentRenderer TEXT =
            TextContentRenderer.builder().build();

    private Markdown() {}

    static String html(String markdown) {
        return PlainLine.lines(HTML.render(safe(markdown)));
    }

    static String text(String markdown) {
        return PlainLine.lines(TEXT.render(safe(markdown)));
    }

    private static Node safe(String markdown) {
        Node document = PARSER.parse(markdown);
        document.accept(new LinksOut());
        return document;
    }

    /** Puts what a link says in the place of a link that must not be. */
    private static final class LinksOut extends AbstractVisitor {
        @Override
        public void visit(Link link) {
            visitChildren(link);
            if (!leadsTo(link.getDestination(), List.of("http", "https", "mailto"))) {
                replaceByChildren(link);
            }
        }

        @Override
        public void visit(Image image) {
            visitChildren(image);
            if (!leadsTo(image.getDestination(), List.of("https"))) {
                replaceByChildren(image);
            }
        }

        private static void replaceByChildren(Node node) {
            for (Node child = node.getFirstChild(); child != null; child = node.getFirstChild()) {
                node.insertBefore(child);
            }
            node.unlink();
        }
    }

    private static boolean leadsTo(@Nullable String destination, List<String> schemes) {
        try {
            URI uri = new URI(destination == null ? "" : destination);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return schemes.contains(scheme) && (scheme.equals("mailto") || uri.getHost() != null);
        } catch (URISyntaxException no) {
            return false;
        }
    }
}

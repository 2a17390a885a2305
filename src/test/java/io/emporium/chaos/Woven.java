package io.emporium.chaos;

import io.emporium.chaos.Points.Point;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A copy of the package in whose classes the points call {@link Trap}; no line of that is in the shop. Done to the files,
 * since a JVM with an agent that could do it at the start takes no AOT cache, and takes more than twice the time to be back from a kill.
 */
final class Woven {
    private static final ClassDesc TRAP = ClassDesc.of(Trap.class.getName());
    private static final ClassFile CLASSES = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(Woven.class.getClassLoader())
                    .orElse(ClassHierarchyResolver.defaultResolver())));

    private final Path folder;

    private Woven(Path folder) {
        this.folder = folder;
    }

    /** @return the folder in which {@code quarkus-run.jar} is */
    static Path into(Path folder) throws IOException {
        Path built = Path.of("target", "quarkus-app").toAbsolutePath();
        try (Stream<Path> tree = Files.walk(built)) {
            for (Path each : tree.toList()) {
                Files.copy(each, folder.resolve(built.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        new Woven(folder).weave();
        return folder;
    }

    private void weave() throws IOException {
        Map<String, List<Point>> byType = new HashMap<>();
        Points.all()
                .forEach(point -> byType.computeIfAbsent(point.type(), _ -> new ArrayList<>())
                        .add(point));
        Map<Path, Map<String, byte[]>> changed = new HashMap<>();
        for (Map.Entry<String, List<Point>> each : byType.entrySet()) {
            change(each.getKey(), changed, type -> woven(type, each.getValue()));
        }
        change("io.emporium.Emporium", changed, Woven::endsWithItsOwner);
        Path shop = changed.keySet().stream()
                .filter(jar -> jar.getFileName().toString().startsWith("emporium-"))
                .findFirst()
                .orElseThrow();
        try (InputStream trap = Trap.class.getResourceAsStream("Trap.class")) {
            changed.get(shop).put(file(Trap.class.getName()), trap.readAllBytes());
        }
        for (Map.Entry<Path, Map<String, byte[]>> jar : changed.entrySet()) {
            write(jar.getKey(), jar.getValue());
        }
    }

    @FunctionalInterface
    private interface Change {
        byte[] of(byte[] type);
    }

    /** In the jar that has the class first, as the JVM finds it. */
    private void change(String type, Map<Path, Map<String, byte[]>> changed, Change change) throws IOException {
        for (Path jar : classPath()) {
            try (var zip = new ZipFile(jar.toFile())) {
                ZipEntry entry = zip.getEntry(file(type));
                if (entry != null) {
                    byte[] woven = change.of(zip.getInputStream(entry).readAllBytes());
                    changed.computeIfAbsent(jar, _ -> new HashMap<>()).put(entry.getName(), woven);
                    return;
                }
            }
        }
        throw new IllegalStateException("The package has no class " + type);
    }

    private Collection<Path> classPath() throws IOException {
        try (var start = new JarFile(folder.resolve("quarkus-run.jar").toFile())) {
            String jars = start.getManifest().getMainAttributes().getValue("Class-Path");
            return Stream.of(jars.split(" ")).map(folder::resolve).toList();
        }
    }

    private static String file(String type) {
        return type.replace('.', '/') + ".class";
    }

    private static byte[] woven(byte[] type, List<Point> points) {
        byte[] woven = type;
        for (Point point : points) {
            var places = new AtomicInteger();
            woven = CLASSES.transformClass(
                    CLASSES.parse(woven),
                    ClassTransform.transformingMethodBodies(
                            method -> isMeant(method, point.method()), calls(point, places)));
            if (places.get() == 0) {
                throw new IllegalStateException("The shop's code has no place any more for: " + point);
            }
        }
        return woven;
    }

    private static boolean isMeant(MethodModel method, String wanted) {
        String name = method.methodName().stringValue();
        return wanted.equals(name) || wanted.equals(name + method.methodType().stringValue());
    }

    private static CodeTransform calls(Point point, AtomicInteger places) {
        return switch (point.where()) {
            case ENTRY -> atStart(code -> call(code, point, places));
            case EXIT ->
                (code, element) -> {
                    if (element instanceof ReturnInstruction) {
                        call(code, point, places);
                    }
                    code.with(element);
                };
            case ANSWERED ->
                (code, element) -> {
                    code.with(element);
                    if (element instanceof InvokeInstruction call && call.name().equalsString("getResponseCode")) {
                        code.aload(1)
                                .invokevirtual(
                                        ClassDesc.of("com.stripe.net.StripeRequest"),
                                        "url",
                                        MethodTypeDesc.of(ClassDesc.of(URL.class.getName())))
                                .ldc("/v1/payment_intents")
                                .ldc(point.name())
                                .invokestatic(
                                        TRAP,
                                        "reached",
                                        MethodTypeDesc.of(
                                                ConstantDescs.CD_void,
                                                ClassDesc.of(URL.class.getName()),
                                                ConstantDescs.CD_String,
                                                ConstantDescs.CD_String));
                        places.incrementAndGet();
                    }
                };
        };
    }

    private static void call(CodeBuilder code, Point point, AtomicInteger places) {
        code.ldc(point.name())
                .invokestatic(TRAP, "reached", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
        places.incrementAndGet();
    }

    private static CodeTransform atStart(java.util.function.Consumer<CodeBuilder> what) {
        return CodeTransform.ofStateful(() -> new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                what.accept(code);
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                code.with(element);
            }
        });
    }

    private static byte[] endsWithItsOwner(byte[] type) {
        return CLASSES.transformClass(
                CLASSES.parse(type),
                ClassTransform.transformingMethodBodies(
                        method -> isMeant(method, "main"),
                        atStart(code ->
                                code.invokestatic(TRAP, "endWithOwner", MethodTypeDesc.of(ConstantDescs.CD_void)))));
    }

    private static void write(Path jar, Map<String, byte[]> changed) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var left = new HashMap<>(changed);
        try (var from = new ZipFile(jar.toFile());
                var to = new ZipOutputStream(bytes)) {
            for (Enumeration<? extends ZipEntry> all = from.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                byte[] woven = left.remove(entry.getName());
                to.putNextEntry(new ZipEntry(entry.getName()));
                to.write(woven == null ? from.getInputStream(entry).readAllBytes() : woven);
                to.closeEntry();
            }
            for (Map.Entry<String, byte[]> added : left.entrySet()) {
                to.putNextEntry(new ZipEntry(added.getKey()));
                to.write(added.getValue());
                to.closeEntry();
            }
        }
        Files.write(jar, bytes.toByteArray());
    }
}

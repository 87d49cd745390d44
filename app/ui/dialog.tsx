// A window over the page that keeps the focus until it is answered.
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";

type Props = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
};

export function Dialog({ isOpen, onClose, title, description, children }: Props) {
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-50 animate-arrive bg-veil" />
        <Primitive.Content className="fixed inset-x-4 top-[12dvh] z-50 mx-auto max-h-[76dvh] max-w-lg animate-arrive overflow-y-auto rounded-xl border border-line bg-raised p-5 shadow-float focus:outline-none sm:p-6">
          <Primitive.Title className="pr-8 font-semibold text-lg leading-7">{title}</Primitive.Title>
          <Primitive.Description asChild>
            <div className="mt-1 text-ink-2 text-sm leading-6">{description}</div>
          </Primitive.Description>
          <div className="mt-5">{children}</div>
          <Primitive.Close
            aria-label="Close"
            className="absolute top-4 right-4 grid size-8 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
          >
            <X aria-hidden="true" className="size-4" />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
